"""Which programme takes dossiers all year and judges them month by month in these tests?"""

from on_disk import written

from engine.files.reading import Programme, read_programme

FILES = written("rolling")
WORKFLOW, ROUND = FILES["workflow.toml"], FILES["rounds/2030.toml"]


def files(round: str = ROUND, workflow: str = WORKFLOW) -> dict[str, str]:
    """The programme's folder, with the letters it tells."""
    return {**FILES, "workflow.toml": workflow, "rounds/2030.toml": round}


def rolling(round: str = ROUND) -> Programme:
    return read_programme("rolling", files(round), "")
