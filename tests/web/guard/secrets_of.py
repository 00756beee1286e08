"""What may whom not see? Each secret is something that happens, and who alone may notice on any page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from permissions import PERSONAS
from visiting import APPLICANT, CHAIR, COLLEAGUE, FOURTH, PDF, ROUND, STAFF, STRANGER, THIRD, Site
from world import (
    DECLINED_ONE,
    DRAFT,
    DRAFTING,
    EARLIER,
    FOREIGN,
    MARKING,
    MARKS,
    OWN,
    OWN_DRAFT,
    SECOND_STAFF,
    SOUTH,
    UNDER_WAY,
)

from engine.cycle import Upload
from engine.database.access import factors, feeds, kept_forms, persons, sessions, signing_in
from engine.database.store import find_person, the_id

JUDGES = ("chair", "staff")
LEADERS = (*JUDGES, "chair with a conflict")
"""who lead all but CI19-001, which one of them has a conflict with"""
SPEAKERS = ("contact", "co-applicant", "member who speaks for it", "expired session")
COMMITTEE = (
    "member cleared", "member unanswered", "member with a conflict", "member who speaks for it", "chair",
    "chair unanswered", "chair with a conflict", "observer", "staff",
)  # fmt: skip
WITH_A_CONFLICT = ("member with a conflict", "chair with a conflict")

OF_HER_CONFLICT = (
    "another's marks", "another's note", "a note of the staff", "another's comment before a verdict takes effect",
    "another's recommendation", "a conflict of another member", "another member has answered",
)  # fmt: skip
"""what nobody of the staff knows who has a conflict with CI19-001: all else they know who manage the round, and how
many verdicts of each kind a batch holds that they may release"""


@dataclass(frozen=True)
class Secret:
    """Something that happens; `seen_by` those on whose pages it may show, `shown` where one of them does see it."""

    name: str
    happens: Callable[[Site], object]
    seen_by: tuple[str, ...] = ()
    shown: tuple[str, str] | None = None
    """(address of a person, path)"""

    def is_hidden_from(self, persona: str) -> bool:
        if persona == "staff with a conflict":
            return self.name in OF_HER_CONFLICT
        return persona not in self.seen_by


def _person(site: Site, email: str) -> int:
    with site.database.reading() as session:
        person = find_person(session, email)
        assert person is not None, email
        return the_id(person)


def _marks(site: Site) -> None:
    site.cycle.score(ROUND, OWN, dict.fromkeys(MARKS, 2), by=MARKING, now=site.now)


def _note(site: Site) -> None:
    site.cycle.comment(ROUND, OWN, "Zwak, vind ik.", to="committee", by=MARKING, now=site.now)


def _note_of_the_staff(site: Site) -> None:
    site.cycle.write_note(ROUND, OWN, "Bel hen niet terug voor maandag.", by=STAFF, now=site.now)


def _comment(site: Site) -> None:
    site.cycle.comment(ROUND, OWN, "Jammer van het budget.", to="applicant", by=MARKING, now=site.now)


def _recommendation(site: Site) -> None:
    site.cycle.recommend(ROUND, OWN, "Toch maar niet.", by=MARKING, now=site.now, advises="turn_down")


def _another_verdict(site: Site) -> None:
    site.cycle.verdict(ROUND, OWN, "turn_down", by=CHAIR, now=site.now, reason="Bij nader inzien.")


def _verdict_taken_back(site: Site) -> None:
    site.cycle.withdraw_verdict(ROUND, FOREIGN, by=CHAIR, now=site.now, reason="Nog eens bekijken.")


def _conflict(site: Site) -> None:
    site.cycle.declare_conflict(ROUND, OWN, by=MARKING, now=site.now, reason="Mijn broer werkt er.")


def _answered(site: Site) -> None:
    site.cycle.declare_clear(ROUND, OWN, by=THIRD, now=site.now)


def _conflict_with_another(site: Site) -> None:
    site.cycle.declare_conflict(ROUND, FOREIGN, by=FOURTH, now=site.now, reason="Mijn buur.")


def _draft(site: Site) -> None:
    files = {"plan": Upload("geheim.pdf", PDF + b"% secret")}
    answers = {"title": "Een geheim plan", "practice": "Dat niemand kent.", "amount": 45_000}
    site.cycle.answer(ROUND, DRAFT, answers, by=DRAFTING, now=site.now, files=files)


def _organisation(site: Site) -> None:
    site.cycle.introduce(ROUND, DRAFT, organisation="Geheim vzw", name="Zoë Zon", by=DRAFTING, now=site.now)


def _another_contact(site: Site) -> None:
    site.cycle.add_contact(ROUND, DRAFT, email="x@zon.example", name="X", language="fr", by=DRAFTING, now=site.now)


def _handed_in(site: Site) -> None:
    site.cycle.act(ROUND, DRAFT, "submit", by=DRAFTING, now=site.now)


def _own_draft(site: Site) -> None:
    site.cycle.answer(ROUND, OWN_DRAFT, {"title": "Ons volgende plan"}, by=COLLEAGUE, now=site.now)


def _excused(site: Site) -> None:
    site.cycle.excuse(EARLIER, UNDER_WAY, "coaching 4", reason="Ziek", by=STAFF, now=site.now)


def _session(site: Site) -> None:
    with site.database.transaction() as session:
        sessions.begin(session, _person(site, STAFF), "d" * 64, "A secret browser", site.now)


def _refused_time(site: Site) -> None:
    until, now = date(2019, 9, 1), site.now
    number = site.cycle.ask_extension(ROUND, DRAFT, of="call closes", to=until, reason="Brand", by=DRAFTING, now=now)
    site.cycle.answer_extension(ROUND, number, granted=False, words="Te laat gevraagd.", by=STAFF, now=now)


def _more_time(site: Site) -> None:
    # later than all that the dates of the round have seen, or it could not be told from these
    until, now = date(2019, 7, 15), site.now + 60_000_000
    site.cycle.extend(ROUND, "call closes", until, reason="Brand", by=STAFF, now=now, dossier=DRAFT)


def _feed(site: Site) -> None:
    with site.database.transaction() as session:
        feeds.make(session, _person(site, DECLINED_ONE), "g" * 22, site.now)


def _kept_form(site: Site) -> None:
    with site.database.transaction() as session:
        kept_forms.keep(session, nonce="h" * 22, person_id=_person(site, DRAFTING), path=f"/dossier/{ROUND}/{DRAFT}",
                        texts=[("a-title", "Een geheim plan")], files=[], now=site.now)  # fmt: skip


def _factor(site: Site) -> None:
    with site.database.transaction() as session:
        factors.put(session, _person(site, SECOND_STAFF), "n" * 22, 1, ["c" * 64], site.now)


def _excuse(site: Site) -> None:
    site.cycle.excuse(ROUND, FOREIGN, "pitch", reason="Ziek", by=STAFF, now=site.now)


def _another_member(site: Site) -> None:
    site.cycle.add_person(ROUND, email="new@jury.example", name="Nieuw", language="nl", role="jury", by=STAFF,
                          now=site.now)  # fmt: skip


def _another_observer(site: Site) -> None:
    site.cycle.add_person(ROUND, email="obs@demos.example", name="Obs", language="nl", role="jury observer", by=STAFF,
                          now=site.now)  # fmt: skip


def _subscribed(site: Site) -> None:
    site.cycle.subscribe(ROUND, email="curious@nowhere.example", language="fr", now=site.now)


def _approved(site: Site) -> None:
    for by in (STAFF, SECOND_STAFF):
        site.cycle.approve(ROUND, "approval opens", by=by, now=site.now)


def _brought_in(site: Site) -> None:
    site.cycle.start_dossier(ROUND, organisation="Later", email=DECLINED_ONE, name="", language="nl", by=STAFF,
                             now=site.now, number="CI19-050", state="draft")  # fmt: skip


def _renamed_member(site: Site) -> None:
    with site.database.transaction() as session:
        persons.describe(session, _person(site, MARKING), name="Ken de Geheime", language="fr")


def _in_the_south(site: Site) -> None:
    site.cycle.act(SOUTH, OWN, "withdraw", by=STRANGER, now=site.now)


def _asked_to_sign_in(site: Site) -> None:
    with site.database.transaction() as session:
        signing_in.ask(session, nonce="s" * 22, email=STAFF, language="nl", browser="b" * 64, next="/", now=site.now)


def _left(site: Site) -> None:
    site.cycle.act(ROUND, FOREIGN, "withdraw", by=STRANGER, now=site.now)


def _own_left(site: Site) -> None:
    site.cycle.act(ROUND, OWN, "withdraw", by=COLLEAGUE, now=site.now)


OWN_READING = f"/committee/{ROUND}/{OWN}"
SECRETS = (
    Secret("another's marks", _marks, JUDGES, (CHAIR, OWN_READING)),
    Secret("another's note", _note, JUDGES, (CHAIR, OWN_READING)),
    Secret("a note of the staff", _note_of_the_staff, ("staff",), (STAFF, f"/staff/{ROUND}/dossiers/{OWN}")),
    Secret("another's comment before a verdict takes effect", _comment, JUDGES, (CHAIR, OWN_READING)),
    Secret("another's recommendation", _recommendation, JUDGES, (CHAIR, OWN_READING)),
    Secret("another verdict that stands", _another_verdict, JUDGES, (CHAIR, f"{OWN_READING}/verdict")),
    Secret("a verdict is taken back", _verdict_taken_back, LEADERS, (CHAIR, f"/committee/{ROUND}/{FOREIGN}/verdict")),
    Secret("a conflict of another member", _conflict, JUDGES, (STAFF, OWN_READING)),
    Secret("another member has answered", _answered, ("member unanswered", "staff"), (THIRD, OWN_READING)),
    Secret("a conflict with another dossier", _conflict_with_another, ("member with a conflict", *LEADERS),
           (FOURTH, f"/committee/{ROUND}?show=conflict")),
    Secret("what another drafts", _draft, ("staff",), (STAFF, f"/committee/{ROUND}/{DRAFT}")),
    Secret("for whom another drafts", _organisation, ("staff",), (STAFF, f"/committee/{ROUND}/{DRAFT}")),
    Secret("with whom another drafts", _another_contact, ("staff",), (STAFF, f"/committee/{ROUND}/{DRAFT}")),
    Secret("what the contacts draft", _own_draft, (*SPEAKERS, "staff"), (APPLICANT, f"/dossier/{ROUND}/{OWN_DRAFT}")),
    Secret("a session of somebody else", _session, ("staff", "staff without second factor"), (STAFF, "/account")),
    Secret("somebody else is refused more time", _refused_time, ("staff",),
           (DRAFTING, f"/dossier/{ROUND}/{DRAFT}/extension")),
    Secret("somebody else gets more time", _more_time, ("staff",),
           (DRAFTING, f"/dossier/{ROUND}/{DRAFT}/section/project")),
    Secret("somebody else's calendar", _feed, (), (DECLINED_ONE, "/feed")),
    Secret("somebody else's kept form", _kept_form, (), (DRAFTING, f"/kept/{'h' * 22}")),
    Secret("somebody else's second factor", _factor, ("staff",), (SECOND_STAFF, "/account")),
    Secret("an excuse of another dossier", _excuse, ("staff",)),
    Secret("another member joins", _another_member, (*LEADERS, "chair unanswered"),
           (CHAIR, f"/committee/{ROUND}/ranking")),
    Secret("another observer joins", _another_observer, ("staff",)),
    Secret("somebody asks to be told", _subscribed, ("staff",)),
    Secret("what is held is approved", _approved, ("staff",)),
    Secret("a dossier is brought in", _brought_in, ("staff",), (STAFF, f"/committee/{ROUND}/CI19-050")),
    Secret("what a member is called", _renamed_member, (*LEADERS, "observer"), (CHAIR, OWN_READING)),
    Secret("somebody asks to sign in", _asked_to_sign_in),
    Secret("a dossier of another programme", _in_the_south,
           ("applicant of another", "staff of another programme", "member of another programme"),
           (STRANGER, f"/dossier/{SOUTH}/{OWN}")),
    Secret("what is excused", _excused, (*SPEAKERS, "staff"), (APPLICANT, f"/dossier/{EARLIER}/{UNDER_WAY}")),
    Secret("another hands in late", _handed_in, ("staff", *COMMITTEE), (DRAFTING, f"/dossier/{ROUND}/{DRAFT}")),
    Secret("another dossier is withdrawn", _left, (*COMMITTEE, "applicant of another"),
           (CHAIR, f"/committee/{ROUND}")),
    Secret("a dossier that she has a conflict with is withdrawn", _own_left,
           (*SPEAKERS, *(one for one in COMMITTEE if one not in WITH_A_CONFLICT)), (CHAIR, f"/committee/{ROUND}")),
)  # fmt: skip
assert all(one in PERSONAS for secret in SECRETS for one in secret.seen_by)
