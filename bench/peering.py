"""How fast are the other libraries that are installed beside the project (`make bench-peers`)?"""

import subprocess
from pathlib import Path

from bench.databases import Place
from bench.figures import Line

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
SECONDS = 600

PEERS = {
    "django_fsm": ("django-fsm-2, commit every 500", 10_000),
    "spiffworkflow": ("SpiffWorkflow, commit every 500", 2_000),
    "dbos_queue": ("DBOS, one after the other", 500),
    "procrastinate_jobs": ("procrastinate, eight at a time", 2_000),
}
"""module -> what it does, and with how many dossiers at most: more take longer and are no faster"""
ON_POSTGRESQL_ONLY = {"procrastinate_jobs"}


def installed() -> bool:
    return PYTHON.exists()


def peers_of(place: Place, dossiers: int, runs: int) -> list[Line]:
    """A line for each peer that runs on that database; none where they are not installed."""
    if not installed():
        return []
    lines = []
    for module, (how, most) in PEERS.items():
        if module in ON_POSTGRESQL_ONLY and place.name == "SQLite":
            continue
        fewer = min(dossiers, most)
        rates = tuple(_one(place, module, fewer) for _ in range(runs))
        lines.append(Line("peer", f"{how}, {fewer:,} dossiers", rates))
    return lines


def _one(place: Place, module: str, dossiers: int) -> float:
    url = place.fresh()
    done = subprocess.run(
        [PYTHON, "-m", f"bench.peers.{module}", url, str(dossiers)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    place.drop(url)
    return float(done.stdout.splitlines()[-1])
