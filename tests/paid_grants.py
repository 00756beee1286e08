"""The shipped programme with a grant that is paid in two steps, for the pages about payments."""

from functools import cache
from pathlib import Path

from engine.files.reading import Programme, read_folder, read_programme

SHIPPED = Path(__file__).parents[1] / "workflows" / "cera-impuls"
PAID = """
[promise.support]
title  = "Steun betaald"
about  = ["in_preselection", "shortlisted"]
pay    = "amount"
before = "1 week after preselection opens"
tell   = { staff = "promise-at-risk" }
"""


@cache
def paid_grants() -> Programme:
    """Whoever is in the preselection is paid what it asked, a week after that opens."""
    files = dict(read_folder(SHIPPED))
    files["workflow.toml"] += PAID
    for language, words in {"fr": "Soutien versé", "en": "Support is paid"}.items():
        files[f"words.{language}.toml"] += f'"Steun betaald" = "{words}"\n'
    return read_programme("cera-impuls", files, "x")
