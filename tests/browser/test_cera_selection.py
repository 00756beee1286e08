"""Can people play the Cera selection on the pages alone, from the call to a report, with a script and without?

Half of them have a script in one run, and the other half in another.
"""

from pathlib import Path

import pytest
from chromium import Faults, Visits
from left_behind import AN, BEN, DONE, FIRST, LETTERS, SECOND, TIM, done, dossier
from living_site import LivingSite, living_site
from person import Person
from visiting import CHAIR, COLLEAGUE, FOURTH, MEMBER, OBSERVER, PDF, ROUND, STAFF, at

DOSSIER, COMMITTEE = f"/dossier/{ROUND}", f"/committee/{ROUND}"


WRITE, JUDGE = (AN, CHAIR, OBSERVER), (COLLEAGUE, MEMBER, FOURTH, BEN)


@pytest.mark.parametrize(
    "scripted",
    [pytest.param(JUDGE, id="members with a script"),
     pytest.param(WRITE, id="applicant and chair with a script", marks=pytest.mark.slow)],
)  # fmt: skip
def test_the_selection_is_played_from_the_call_to_a_report(
    visit: Visits, faults: Faults, tmp_path: Path, scripted: tuple[str, ...]
) -> None:
    with living_site(tmp_path, at("2019-02-20 10:00")) as living:
        site = living.site
        site.cycle.add_person(ROUND, email=TIM, name="Tim", language="nl", role="staff", by=STAFF, now=site.now)
        living.it_is("2019-02-20 10:00")

        def somebody(email: str) -> Person:
            return Person(living, visit(javascript=email in scripted, language="en"), email)

        an, jef, noor, sam, bo, wim = map(somebody, (AN, COLLEAGUE, MEMBER, FOURTH, CHAIR, OBSERVER))
        starts_and_fills_in(an)
        # a file that is refused is sent by the script, and answered with the page again
        assert len(faults.taken(r"answer 422: POST \S+/section/documents$")) == (AN in scripted)
        works_along(an, jef)
        hands_in(an)
        site.clock.instant = at("2019-02-25 10:00")
        assert site.handed_in(BEN, "De Omweg") == SECOND
        living.post()
        told = {"call": living.new_letters()}
        judges(living, an, noor, sam)
        decides(an, bo, wim)
        told["preselection"] = living.new_letters()
        hears(living, an, somebody(BEN))
        told["recommendations"] = living.new_letters()
        pitches(living, an, noor, bo)
        told["approval"] = living.new_letters()
        reports(living, an)
        told["rollout"] = living.new_letters()
        assert told == LETTERS
        assert done(site) == DONE


def starts_and_fills_in(an: Person) -> None:
    """With nothing but an address; a file of another kind is refused with a sentence, and the right one is taken."""
    an.opens("/")
    an.follows("Cera Impuls Programme 2019-2022")
    an.follows("Start a dossier")
    an.signs_in_by_link()
    an.presses("Start a dossier")
    an.sees(FIRST, "0 of 4 parts done", "6 answers are missing")
    an.follows("You and your organisation")
    an.fills(organisation="De Brug", name="An Mols")
    an.presses("Save and continue")
    an.fills(**{"a-title": "Keukenverhalen", "a-practice": "Samen koken en vertellen.", "a-partner": "OCMW"})
    an.presses("Save and continue")
    an.fills(**{"a-amount": "50.000"})
    an.presses("Save and continue")
    an.sees("This is €50,000, and at most €45,000 will do.")
    an.fills(**{"a-amount": "20.000,50"})
    an.presses("Save and continue")
    an.chooses("plan.docx", b"PK\3\4 no pdf")
    an.presses("Save and continue")
    an.sees("plan.docx was not kept.")
    an.chooses("plan.pdf", PDF)
    an.presses("Save and continue")
    an.sees("Stored: plan.pdf.", "Check your answers", "plan.pdf (221 B)")


def works_along(an: Person, jef: Person) -> None:
    """A colleague is invited by mail, signs in with the code, and changes an answer."""
    an.opens(f"{DOSSIER}/{FIRST}/people")
    an.fills(email=COLLEAGUE, name="Jef")
    an.presses("Invite")
    an.sees("jef@brug.example can now work on this dossier, and is told so.")
    jef.opens(f"{DOSSIER}/{FIRST}")
    jef.signs_in_by_code()
    jef.sees("Keukenverhalen", "4 of 4 parts done")
    jef.follows("Your project")
    jef.fills(**{"a-partner": "Huis van het Kind"})
    jef.presses("Save and go back")
    jef.sees("Saved.")


def hands_in(an: Person) -> None:
    """Twice, and once more after going back: there is one receipt."""
    an.opens(f"{DOSSIER}/{FIRST}")
    an.follows("Check your answers")
    an.sees("Huis van het Kind", "€20,000.50")
    an.presses("Hand in")
    an.sees("Tick the box below before you hand in.")
    an.opens(f"{DOSSIER}/{FIRST}/check")
    an.page.check("#declared")
    an.page.locator("main").get_by_role("button", name="Hand in", exact=True).dblclick()
    an.page.wait_for_url("**/receipt")
    receipt = dossier(an.living.site, FIRST).head.receipt
    an.sees("We have received your dossier", FIRST, "20 February 2019, 10:00:00 (Brussels, UTC+0100)")
    an.sees(receipt or "no receipt")
    an.page.go_back()
    if an.page.locator("#declared").count():  # a browser may show the form as it stood
        an.page.check("#declared")
        an.presses("Hand in")
    an.sees("We have received your dossier", receipt or "no receipt")


def judges(living: LivingSite, an: Person, noor: Person, sam: Person) -> None:
    """One member reads and marks, by the keyboard where there is a script; another has a conflict and is out."""
    living.it_is("2019-03-04 10:00")
    an.is_back(f"{DOSSIER}/{FIRST}")
    an.sees("Under review", "You hear from us by")
    noor.opens(COMMITTEE)
    noor.signs_in_by_code()
    noor.follows("Continue with CI19-001")
    noor.sees("Do you know the applicant?", "Keukenverhalen")
    noor.does_not_see("Samen koken")
    noor.presses("No, open the dossier")
    noor.sees("Samen koken en vertellen.")
    noor.sees("What the other members say is shown here once you have given your own view.")
    marks(noor, "8", "7", "9")
    noor.fills(comment="Warm en helder.", note="Wie draagt het na jaar twee?", words="Sterk verankerd in de wijk.")
    noor.page.check("[name=advises][value=shortlist]")
    noor.presses("Save and next")
    noor.sees("CI19-001 is saved.", "Do you know the applicant?", "Werk van De Omweg")
    noor.presses("No, open the dossier")
    marks(noor, "4", "5", "3")
    noor.fills(comment="Zoek een partner die mee beslist.", words="De partner blijft vaag.")
    noor.page.check("[name=advises][value=pass_over]")
    noor.presses("Save and next")
    noor.sees("CI19-002 is saved. Nothing else is left for you.", "2 of 2 done")
    sam.opens(f"{COMMITTEE}/{FIRST}")
    sam.signs_in_by_code()
    sam.fills(reason="Mijn zus werkt er.")
    sam.presses("I have a conflict: close it to me")
    sam.sees("Noted: you have a conflict with CI19-001.")
    sam.opens(f"{COMMITTEE}/{FIRST}")
    sam.sees("This page is not here")


def marks(member: Person, *given: str) -> None:
    """A mark for each criterion: with the keys of the script, or by choosing it."""
    names = ("participation", "artistic", "learning")
    scripted = member.page.locator("#keys-on").is_visible()
    if scripted:
        member.page.locator("[name=mark_participation]").first.focus()
    for name, mark in zip(names, given, strict=True):
        if scripted:
            member.page.keyboard.press(mark)
        else:
            member.page.check(f"[name=mark_{name}][value='{mark}']", force=True)
    chosen = [member.page.locator(f"[name=mark_{name}]:checked").get_attribute("value") for name in names]
    assert chosen == list(given)


def decides(an: Person, bo: Person, wim: Person) -> None:
    """The chair ranks and decides; an observer reads along without a form; the applicants see no change."""
    bo.opens(f"{COMMITTEE}/ranking")
    bo.signs_in_by_code()
    for title in ("Keukenverhalen", "Werk van De Omweg"):
        bo.follows(title)
        bo.presses("No, open the dossier")
        bo.opens(f"{COMMITTEE}/ranking")
    rows = bo.page.locator("main tbody tr").all_inner_texts()
    assert ["Keukenverhalen" in row for row in rows] == [True, False]
    for number, decision, called in ((FIRST, "shortlist", "Invited to pitch"), (SECOND, "pass_over", "Declined")):
        bo.opens(f"{COMMITTEE}/{number}/verdict")
        bo.page.check(f"[name=decision][value={decision}]")
        bo.presses("Record the verdict")
        bo.sees(f"Recorded: {number}, “{called}”.")
    wim.opens(f"{COMMITTEE}/{FIRST}")
    wim.signs_in_by_code()
    wim.sees("Samen koken en vertellen.", "You read along")
    wim.does_not_see("Sterk verankerd", "Warm en helder", "Wie draagt het")
    assert wim.page.locator("main form").count() == 0
    an.opens(f"{DOSSIER}/{FIRST}")
    an.sees("Under review")
    an.does_not_see("Sterk verankerd", "Warm en helder", "Invited", "pitch on")


def hears(living: LivingSite, an: Person, ben: Person) -> None:
    """After release, and at the moment: one is invited, the other reads why not; notes are for neither."""
    living.site.cycle.approve(ROUND, "recommendations opens", by=STAFF, now=living.site.now)
    an.opens(f"{DOSSIER}/{FIRST}")
    an.sees("Under review")
    living.it_is("2019-04-01 10:00")
    an.is_back(f"{DOSSIER}/{FIRST}")
    an.sees("In the pitch round", "Thursday 9 May 2019, 09:30 to 09:50")
    an.sees("Warm en helder.", "Sterk verankerd in de wijk.")
    an.does_not_see("Wie draagt het", "Noor")
    ben.is_back(f"{DOSSIER}/{SECOND}")
    ben.sees("Not selected", "Zoek een partner die mee beslist.", "De partner blijft vaag.")


def pitches(living: LivingSite, an: Person, noor: Person, bo: Person) -> None:
    """The running order, the verdict after it, and the news once two of the staff have approved."""
    living.it_is("2019-05-09 09:00")
    noor.is_back(COMMITTEE)
    noor.follows("Pitch to the selection committee")
    noor.sees("09:30–09:50", "Keukenverhalen")
    living.site.cycle.attend(ROUND, FIRST, "pitch", by=STAFF, now=living.site.now)
    bo.is_back(f"{COMMITTEE}/{FIRST}/verdict")
    bo.page.check("[name=decision][value=award]")
    bo.presses("Record the verdict")
    bo.sees(f"Recorded: {FIRST}, “Approved”.")
    for by in (STAFF, TIM):
        living.site.cycle.approve(ROUND, "approval opens", by=by, now=living.site.now)
    an.is_back(f"{DOSSIER}/{FIRST}")
    an.sees("In the pitch round")
    living.it_is("2019-05-21 10:00")
    an.is_back(f"{DOSSIER}/{FIRST}")
    an.sees("Support awarded", "Kick-off")


def reports(living: LivingSite, an: Person) -> None:
    """After the kick-off: a report with its receipt, and a question for more time."""
    living.it_is("2019-06-20 18:00")
    living.site.cycle.attend(ROUND, FIRST, "kick_off", by=STAFF, now=living.site.now)
    living.it_is("2020-07-01 10:00")
    an.is_back(f"{DOSSIER}/{FIRST}")
    an.sees("Project under way", "Annual interim report")
    an.opens(f"{DOSSIER}/{FIRST}/deliver/interim_report")
    an.chooses("verslag.pdf", PDF)
    an.presses("Hand it in")
    an.sees("Received: Annual interim report.", "1 July 2020, 10:00:00 (Brussels, UTC+0200)", "Fingerprint (SHA-256)")
    an.opens(f"{DOSSIER}/{FIRST}/extension")
    an.page.select_option("#of", "interim_report 2")
    an.fills(to="2021-09-30", reason="De accountant levert pas in september.")
    an.presses("Ask for more time")
    an.sees("Asked. Until it is answered the old day stands.", "Not answered yet")
    living.post()


