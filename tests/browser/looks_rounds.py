"""What do staff see of rounds as a whole, of a round in the making, and of rehearsals?"""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from living_site import LivingSite
from look import Look, sends
from playwright.sync_api import Page
from visiting import ROUND, SHIPPED, STAFF, cera

from engine.database.preparing import drafts, rehearsals
from engine.database.preparing.rehearsals import Wanted
from engine.database.store import find_person, the_id
from web.office import Setting, Workshop

AT, PREPARED, PLAYED = f"/staff/{ROUND}", "/staff/rounds/draft/1", "/staff/rehearsals/one"
COPY = f"/staff/rounds/new/copy?round={ROUND}"
FIGURES = {"handed_in": 20, "letters": 611, "deadlines": 138, "refused": 1, "warnings": 2, "days": 1449}


class _NoStage:
    """Rehearsals are asked for, and nobody plays them."""

    def play(self, id: int) -> None:
        """What is seen of one is put into the database."""


def _equip(living: LivingSite, workflows: Path | None = SHIPPED) -> None:
    settings = (
        Setting("mail", "host", "", "default", "GRANTCYCLE_MAIL__HOST"),
        Setting("mail", "password", "***", "environment", "GRANTCYCLE_MAIL__PASSWORD", is_secret=True),
        Setting("web", "name", "Impulsprogramma", "file", "GRANTCYCLE_WEB__NAME"),
    )
    workshop = Workshop(workflows, rehearsals=_NoStage(), settings=lambda: settings)
    object.__setattr__(living.site.office, "workshop", workshop)


def _prepare(living: LivingSite) -> None:
    """A round in the making with an error in it, rehearsals of every ending, and one that goes on."""
    site = living.site
    broken = cera().files["rounds/2019.toml"].replace("CI19", "CI20").replace('holidays = "BE"', 'holidays = "BX"')
    outcomes = [
        {
            "letters": [[f"20{19 + n % 4}-{1 + n % 12:02}-0{1 + n % 9}", "awarded", "nl", 1 + n] for n in range(40)],
            "warnings": [{"where": "coaching", "sentence": "its last day is a Saturday", "day": "2020-02-29"}],
            "deadlines": [{"key": "edge pitch opens", "local": f"2019-05-0{day}T00:00:00"}],
        }
        for day in (8, 9)
    ]
    with site.database.transaction() as session:
        person = find_person(session, STAFF)
        assert person is not None
        by, now = the_id(person), site.now
        files = {**cera().files, "rounds/2020.toml": broken}
        drafts.make(session, programme="cera-impuls", name="2020", source=ROUND, files=files, by=by, now=now)
        for outcome in outcomes:
            id = rehearsals.ask(session, cera(), "2019", Wanted(20, 7), by=by, now=now)
            report = zlib.compress(b"<!DOCTYPE html><html lang=en><title>Report</title><p>All of it.</p></html>")
            rehearsals.put_outcome(session, id, now, figures=FIGURES, outcome=outcome, report=report)
        for ending in (rehearsals.CANCELLED, rehearsals.INTERRUPTED, rehearsals.FAILED):
            id = rehearsals.ask(session, cera(), "2019", Wanted(20, 7), by=by, now=now)
            rehearsals.end(session, id, ending, now, problem="ValueError: something" if ending == "failed" else None)
        id = rehearsals.ask(session, cera(), "2019", Wanted(20, 7), by=by, now=now)
        rehearsals.hear(session, id, now, done=500, total=1448, doing="2020-05  212 letters")


def _presses(form: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.click(f"main form[action$='{form}'] button[type=submit]")
        page.wait_for_load_state()

    return do


def before(living: LivingSite) -> Iterator[Look]:
    _equip(living, None)
    yield Look("rounds-start-empty", "/staff/rounds/new/start", STAFF)
    _equip(living)
    yield Look("rounds", "/staff/rounds", STAFF)
    yield Look("rehearsals-none", "/staff/rehearsals", STAFF)


def in_the_call(living: LivingSite) -> Iterator[Look]:
    _prepare(living)
    yield Look("rounds-making", "/staff/rounds", STAFF)
    yield Look("rounds-start", "/staff/rounds/new/start", STAFF)
    yield Look("rounds-start-wrong", "/staff/rounds/new/start", STAFF, _presses("/upload"))
    yield Look("copy", COPY, STAFF)
    yield Look("copy-wrong", COPY, STAFF, sends("form[action$='/copy'] button.primary", name="../x", years="0"))
    yield Look("draft-copied", COPY, STAFF, _presses("/copy"))
    yield Look("draft", PREPARED, STAFF)
    yield Look("draft-words", "/staff/rounds/draft/2/words", STAFF)
    yield Look("draft-words-none", f"{PREPARED}/words", STAFF)
    yield Look("draft-text", f"{PREPARED}/text", STAFF)
    yield Look("workflow", f"{AT}/workflow", STAFF)
    yield Look("workflow-state", f"{AT}/workflow/state/shortlisted", STAFF)
    yield Look("workflow-words", f"{AT}/workflow/words", STAFF)
    yield Look("workflow-text", f"{AT}/workflow/text?file=rounds/2019.toml", STAFF)
    yield Look("workflow-check", f"{AT}/workflow/check", STAFF)
    yield Look("workflow-difference", f"{AT}/workflow/difference", STAFF)
    yield Look("journal", f"{AT}/journal", STAFF)
    yield Look("journal-none", f"{AT}/journal?actor=nobody@nowhere.example", STAFF)
    yield Look("journal-verified", f"{AT}/journal", STAFF, _presses("/verify"))
    yield Look("people-of-round", f"{AT}/people", STAFF)
    yield Look("people-of-round-wrong", f"{AT}/people", STAFF, sends("form[action$='/people'] button", email="geen"))
    yield Look("everybody", "/staff/people", STAFF)
    yield Look("everybody-none", "/staff/people?q=zzzz", STAFF)
    yield Look("health", "/staff/health", STAFF)
    yield Look("health-examined", "/staff/health", STAFF, _presses("/staff/health"))
    yield Look("settings", "/staff/settings", STAFF)
    yield Look("rehearsals", "/staff/rehearsals", STAFF)
    wrong = sends("form[action='/staff/rehearsals'] button.primary", dossiers="0")
    yield Look("rehearsals-wrong", "/staff/rehearsals", STAFF, wrong)
    yield Look("rehearsal-played", f"{PLAYED}/1", STAFF)
    yield Look("rehearsal-beside", f"{PLAYED}/1/beside/2", STAFF)
    yield Look("rehearsal-chosen", f"{PLAYED}/1/beside?other=2", STAFF)
    for id, name in ((3, "cancelled"), (4, "interrupted"), (5, "failed")):
        yield Look(f"rehearsal-{name}", f"{PLAYED}/{id}", STAFF)
    yield Look("rehearsal-playing", f"{PLAYED}/6?still", STAFF)


LOOKS = {"before": before, "call": in_the_call}
