"""The shipped programme with two lists in its call, whose places and amounts differ."""

from functools import cache
from pathlib import Path

from engine.files.reading import Programme, read_folder, read_programme

SHIPPED = Path(__file__).parents[1] / "workflows" / "cera-impuls"
STRANDS = '\n[strand]\nsmall = "Klein"\nlarge = "Groot"\n'
LIMITS = {
    "at_most  = 45000": "at_most  = { small = 20000, large = 45000 }",
    "at_most = 12 }": "at_most = { small = 1, large = 3 } }",
}
WAY = 'from = "in_preselection"\nto = "in_preselection"\nby = "staff"\n'
TOWN = """
[question.town]
ask      = "In welke gemeente?"
kind     = "choice"
choices  = "towns"
required = true
only_if  = { strand = "large" }
"""
TOWNS = '\n[given]\ntowns = ["Aalst", "Luik"]\n'
MOVES = f'\n[transition.move_over]\n{WAY}sets = "strand"\n\n[transition.lower]\n{WAY}sets = "amount"\n'

SAID = {
    "fr": ("Petit", "Grand", "Dans quelle commune ?", "Alost", "Liège"),
    "en": ("Small", "Large", "In which town?", "Aalst", "Liège"),
}


SAID = {
    "fr": ("Petit", "Grand", "Dans quelle commune ?", "Alost", "Liège"),
    "en": ("Small", "Large", "In which town?", "Aalst", "Liège"),
}


CALLS = "call            = { from = 2018-12-17, to = 2019-03-01 }"
APART = """
call.small = { from = 2018-12-17, to = 2019-02-15 }
call.large = { from = 2018-12-17, to = 2019-03-01 }"""


@cache
def two_dates() -> Programme:
    """The same, where the call of the small list closes two weeks earlier."""
    files = dict(two_lists().files)
    assert files["rounds/2019.toml"].count(CALLS) == 1
    files["rounds/2019.toml"] = files["rounds/2019.toml"].replace(CALLS, APART)
    return read_programme("cera-impuls", files, "x")


@cache
def two_lists() -> Programme:
    """With moves of staff that give a dossier another strand, and another amount; the large ones are asked one question
    more, whose choices the round gives."""
    files = dict(read_folder(SHIPPED))
    text = files["workflow.toml"]
    for old, new in LIMITS.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    files["workflow.toml"] = text + STRANDS + TOWN + MOVES
    for language, words in SAID.items():
        texts = zip(("Klein", "Groot", "In welke gemeente?", "Aalst", "Luik"), words, strict=True)
        files[f"words.{language}.toml"] += "".join(f'"{text}" = "{said}"\n' for text, said in texts)
    for file in [one for one in files if one.startswith("rounds/")]:
        files[file] += TOWNS
    return read_programme("cera-impuls", files, "x")
