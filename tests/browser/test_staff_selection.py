"""Can staff take the Cera round from an open call to six awards in the console alone, with a script and without?

Each half of the round is played with a script in one run, and without in another.
"""

from pathlib import Path

import pytest
from chromium import Visits
from living_site import LivingSite, living_site
from person import Person
from sqlmodel import select
from visiting import CHAIR, MEMBER, ROUND, STAFF, THIRD, at

from engine.database.invariants import INVARIANTS, check
from engine.database.records import DossierRow, JournalRow, NotificationRow, RoundRow
from notifications.invariants import LETTERS

TIM = "tim@impuls.example"
CONSOLE = f"/staff/{ROUND}"
HANDED_IN = [f"CI19-00{number}" for number in range(1, 9)]
DRAFT = "CI19-009"
SHORTLIST, AWARDS = HANDED_IN[:7], HANDED_IN[:6]
ENDED = {
    **dict.fromkeys(AWARDS, "awarded"), "CI19-007": "declined", "CI19-008": "declined", DRAFT: "lapsed",
}  # fmt: skip
WRITTEN_BY_HAND = "Breng uw grootmoeder mee."


@pytest.mark.parametrize(
    "scripted",
    [pytest.param((True, False), id="then without a script"),
     pytest.param((False, True), id="then with a script", marks=pytest.mark.slow)],
)  # fmt: skip
def test_staff_take_the_round_from_an_open_call_to_six_awards(
    visit: Visits, tmp_path: Path, scripted: tuple[bool, bool]
) -> None:
    with living_site(tmp_path, at("2019-02-20 10:00")) as living:
        for place in range(1, 9):
            living.site.handed_in(f"indiener{place}@brug.example", f"Huis {place}")
        living.site.draft("laat@brug.example", "Huis 9", complete=False)
        first, then = scripted
        els = Person(living, visit(javascript=first, language="en"), STAFF)
        looks_after_the_call(els)
        shares_out(living, els)
        decides(els, "shortlist", SHORTLIST, "pass_over", ["CI19-008"])
        releases(els, "Recommendations of the committee", "Approved. It goes at its moment")
        els, tim = (Person(living, visit(javascript=then, language="en"), email) for email in (STAFF, TIM))
        sends_letters(living, els)
        hears_pitches(living, els)
        decides(els, "award", AWARDS, "turn_down", ["CI19-007"], state="shortlisted")
        releases(els, "Approval", "Somebody else must approve it as well.")
        assert els.page.get_by_role("button", name="Approve", exact=True).count() == 0
        tim.is_back(CONSOLE)
        releases(tim, "Approval", "Approved. It goes at its moment")
        living.it_is("2019-05-21 10:00")
        stops_and_thinks_again(living, els)
        assert states(living) == ENDED
        assert told(living) == TOLD
        assert who_acted(living) == {STAFF, TIM}
        assert offending(living) == []


TOLD = {
    ("awarded", "sent"): 6, ("not-awarded", "sent"): 1, ("invited-to-pitch", "sent"): 7,
    ("not-shortlisted", "cancelled"): 1, ("stopped", "cancelled"): 2,
}  # fmt: skip
"""(letter to applicants, what became of it) -> how many"""


def states(living: LivingSite) -> dict[str, str]:
    with living.site.database.reading() as session:
        return {row.number: row.state for row in session.exec(select(DossierRow)).all()}


def told(living: LivingSite) -> dict[tuple[str, str], int]:
    """How many letters of the committee's verdicts, and of what staff did, came to which end."""
    found: dict[tuple[str, str], int] = {}
    with living.site.database.reading() as session:
        for row in session.exec(select(NotificationRow).where(NotificationRow.role == "applicant")).all():
            if row.letter in {letter for letter, _ in TOLD}:
                found[row.letter, row.status] = found.get((row.letter, row.status), 0) + 1
    return found


def who_acted(living: LivingSite) -> set[str]:
    """Everybody whom the journal names for what staff do."""
    acts = ("extended", "verdict recorded", "batch approved", "attended", "dossiers moved", "letter cancelled")
    with living.site.database.reading() as session:
        rows = session.exec(select(JournalRow)).all()
        return {row.actor for row in rows if row.what in acts}


def offending(living: LivingSite) -> list[str]:
    with living.site.database.reading() as session:
        rounds = session.exec(select(RoundRow)).all()
        found = check(session, living.site.now, rounds, invariants=(*INVARIANTS, *LETTERS))
        return [one.invariant.name for one in found if one.offending]


def looks_after_the_call(els: Person) -> None:
    """From the start page: a colleague comes in, a dossier is written to, and a draft is given time."""
    els.is_back("/staff")
    els.sees("What needs me today")
    els.page.locator(f"main a[href='{CONSOLE}']").click()
    els.sees("by 8 dossiers on their way")
    els.opens(f"{CONSOLE}/people")
    els.page.fill("#email", TIM)
    els.page.fill("#name", "Tim")
    els.presses("Give the part")
    els.sees(f"{TIM} has the part, and is told so by mail.")
    els.opens(f"{CONSOLE}/dossiers/CI19-001")
    els.follows("Write a message")
    els.fills(**{"subject-nl": "Uw projectplan", "text-nl": "Mogen wij de begroting ook apart krijgen?"})
    els.presses("See what they will read")
    els.sees("Mogen wij de begroting ook apart krijgen?")
    els.presses("Send to 1 dossier")
    els.opens(f"{CONSOLE}/dossiers/{DRAFT}")
    els.follows("Give more time")
    els.page.select_option("main [name=moment]", "call closes")
    els.fills(day="2019-03-05", reason="De school was een week dicht.")
    els.presses("See who is affected")
    els.sees("1 dossier", DRAFT, "1 letter")
    els.presses("Move it for 1 dossier")
    els.sees("Moved:")


def shares_out(living: LivingSite, els: Person) -> None:
    """Readers are suggested and kept, those who are late are written to, and then everybody has judged."""
    living.it_is("2019-03-06 10:00")
    els.is_back(f"{CONSOLE}/committee/suggest")
    els.presses("Keep this proposal")
    living.it_is("2019-03-25 10:00")
    els.is_back(f"{CONSOLE}/committee/remind")
    for box in els.page.locator("main [name=member]").all():
        box.check()
    els.presses("Write to those ticked")
    site = living.site
    for place, number in enumerate(HANDED_IN):
        for member in (CHAIR, MEMBER, THIRD):
            marks = dict.fromkeys(("participation", "artistic", "learning"), 9 - place)
            site.cycle.declare_clear(ROUND, number, by=member, now=site.now)
            site.cycle.score(ROUND, number, marks, by=member, now=site.now)
        site.cycle.recommend(ROUND, number, "Een plan met adem.", by=CHAIR, now=site.now)


def decides(
    els: Person, wins: str, passing: list[str], loses: str, others: list[str], state: str = "in_preselection"
) -> None:
    """The committee's verdicts, minuted from the ranking."""
    for decision, numbers in ((wins, passing), (loses, others)):
        els.opens(f"{CONSOLE}/committee/ranking?state={state}")
        for number in numbers:
            els.page.check(f"main [name=number][value='{number}']")
        els.page.select_option("#decision", decision)
        els.presses("See what it does")
        els.presses("Record these verdicts")


def releases(who: Person, batch: str, said: str) -> None:
    who.opens(f"{CONSOLE}/verdicts")
    who.follows(batch)
    who.presses("Approve")
    who.sees(said)


def sends_letters(living: LivingSite, els: Person) -> None:
    """One invitation is written by hand, and the only refusal is skipped: the house has closed."""
    living.site.clock.instant = at("2019-03-31 09:00")
    living.site.cycle.advance(living.site.now)
    els.is_back(f"{CONSOLE}/outbox")
    els.opens(f"{CONSOLE}/outbox?letter=invited-to-pitch")
    els.page.locator("main tbody th a").first.click()
    els.follows("Indiener1")
    els.follows("Change this letter")
    words = els.page.input_value("main [name=body]")
    els.fills(body=f"{words}\n\n{WRITTEN_BY_HAND}")
    els.presses("Keep this text")
    els.sees("has a text of its own")
    els.opens(f"{CONSOLE}/outbox?letter=not-shortlisted")
    els.page.locator("main tbody th a").first.click()
    els.follows("Indiener8")
    els.presses("Hold it")
    els.page.locator("main summary").filter(has_text="Skip it").click()
    els.fills(reason="Het huis is gesloten.")
    els.presses("Never send it")
    living.post()
    by_hand = [one.recipient for one in living.letters() if WRITTEN_BY_HAND in str(one.message)]
    assert by_hand == ["indiener1@brug.example"]


def hears_pitches(living: LivingSite, els: Person) -> None:
    """Two of them are noted on the pages, the others as the pages would."""
    living.it_is("2019-05-09 18:00")
    els.is_back(CONSOLE)
    for number in SHORTLIST[:2]:
        els.opens(f"{CONSOLE}/dossiers/{number}/attend/pitch")
        els.presses("Somebody came")
    for number in SHORTLIST[2:]:
        living.site.cycle.attend(ROUND, number, "pitch", by=STAFF, now=living.site.now)


def stops_and_thinks_again(living: LivingSite, els: Person) -> None:
    """Two are stopped at once, with a reason; the act is undone before a letter has left."""
    els.is_back(f"{CONSOLE}/dossiers")
    for number in AWARDS[:2]:
        els.page.check(f"main [name=number][value='{number}']")
    els.presses("Move…")
    els.page.locator("main .choices button").filter(has_text="They become").first.click()
    els.sees("2 dossiers become", "2 letters")
    els.fills(reason="De partner is ermee opgehouden.")
    els.presses("Move 2 dossiers")
    assert [number for number, state in states(living).items() if state == "stopped"] == AWARDS[:2]
    els.opens(f"{CONSOLE}/acts")
    els.page.locator("main .acts form button").first.click()
    els.sees("Undone")
