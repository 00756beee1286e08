"""Who may see and do what, on the pages?

Every route declares one policy, which is asked before anything else. What the visitor may not know of is not there:
foreign and missing are one answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.database.access.sessions import SignedIn
from engine.database.changes import journal_position
from engine.database.looking import open_rounds
from engine.database.store import the_id
from engine.rules.roles import may_know_of, may_read, observer_of, reading_committee
from engine.rules.workflow import STAFF
from web.ask import Ask
from web.place import Place, find_place, scene_of
from web.problems import AnswerFirst, NotThere, SignInFirst


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom a page is for. `check` raises NotThere or SignInFirst, and may leave what it looked up with the ask."""

    name: str
    check: Callable[[Ask], None]


def somebody(ask: Ask) -> SignedIn:
    """Whoever is signed in, with the second factor where one is needed. Raises SignInFirst."""
    if ask.visitor is None or ask.visitor.over:
        raise SignInFirst
    if ask.visitor.is_staff and ask.visitor.proved_at is None:
        raise SignInFirst(proof=True)
    return ask.visitor


def _nobody_in_particular(ask: Ask) -> None:
    """Everybody may."""


def _signed_in(ask: Ask) -> None:
    somebody(ask)


def _half_signed_in(ask: Ask) -> None:
    if ask.visitor is None or ask.visitor.over:
        raise SignInFirst


def _where_letters_are_caught(ask: Ask) -> None:
    # the mailbox holds everybody's letters, sign-in codes included: it is there only while no letter really leaves,
    # and only for whoever sits at the machine
    if ask.office.mailbox is None or ask.caller not in ("127.0.0.1", "::1", "testclient"):
        raise NotThere


def _staff(ask: Ask) -> None:
    if not somebody(ask).is_staff:
        raise NotThere


def _begins(ask: Ask) -> None:
    if not somebody(ask).is_staff:
        with ask.reading() as session:
            if open_rounds(session, limit=1):
                raise NotThere


def _find(ask: Ask, person_id: int | None, *, to_act: bool = False) -> Place:
    """What the page is about, as its path says; `to_act`: also how far its round's journal goes. Raises NotThere."""
    params = ask.params
    with ask.reading() as session:
        scene = scene_of(ask.office.cycle, session, f"{params['programme']}/{params['round']}", ask.now)
        ask.place = find_place(scene, person_id, params.get("number"))
        if to_act:  # before the page itself looks: what happens from here on, it may not have seen
            ask.seen_until = journal_position(session, the_id(ask.place.round))
    return ask.place


def _a_round(ask: Ask) -> None:
    _find(ask, ask.visitor.person_id if ask.visitor and not ask.visitor.over else None)


def _a_round_signed_in(ask: Ask) -> None:
    _find(ask, somebody(ask).person_id)


def _contact(ask: Ask) -> None:
    if not _find(ask, somebody(ask).person_id).standing.contact:
        raise NotThere


def _knows(ask: Ask) -> None:
    place = _find(ask, somebody(ask).person_id)
    if may_know_of(place.standing, place.workflow, place.its_dossier.state):
        raise NotThere


def _judges(ask: Ask) -> None:
    """Members, chairs and observers of a committee, and staff; not whoever only speaks for the dossier."""
    place = _find(ask, somebody(ask).person_id)
    roles = place.standing.roles
    of_committees = {role for name in place.workflow.committees for role in (name, observer_of(name))}
    if not roles & {STAFF, *of_committees}:
        raise NotThere
    if place.dossier is not None:
        if place.standing.conflict or (place.standing.contact and STAFF not in roles):
            raise NotThere
        if may_know_of(place.standing, place.workflow, place.dossier.state):
            raise NotThere


def _reads_to_judge(ask: Ask) -> None:
    _judges(ask)
    place = ask.place
    refusal = may_read(place.standing, place.workflow, place.its_dossier.state)
    if refusal and refusal.code == "unanswered":
        raise AnswerFirst(f"{place.committee_path}/{place.number}/conflict")
    if refusal:
        raise NotThere


def _reads(ask: Ask) -> None:
    place = _find(ask, somebody(ask).person_id)
    if may_read(place.standing, place.workflow, place.its_dossier.state):
        raise NotThere


def _leads(ask: Ask) -> None:
    place = _find(ask, somebody(ask).person_id)
    standing = place.standing
    if STAFF in standing.roles and not standing.conflict:
        return
    led = standing.chairs
    if place.dossier is not None:
        # a chair with a tie to a dossier leaves it to staff, who minute what the others decide
        led = led & {reading_committee(place.workflow, place.dossier.state)}
        if standing.conflict or standing.contact:
            raise NotThere
    if not led:
        raise NotThere


def _manages(ask: Ask) -> None:
    """Staff of the round; of a dossier, those without a conflict.

    Who speaks for a dossier manages it all the same: else an applicant could shut staff out by naming them.
    """
    standing = _find(ask, somebody(ask).person_id, to_act=True).standing
    if STAFF not in standing.roles or standing.conflict:
        raise NotThere


PUBLIC = Policy("public", _nobody_in_particular)
SIGNED_IN = Policy("signed in", _signed_in)
HALF_SIGNED_IN = Policy("signed in, second factor or not", _half_signed_in)
MAILBOX = Policy("mailbox", _where_letters_are_caught)
ROUND = Policy("a round", _a_round)
"""anybody, of a round that is open in the database"""
ROUND_SIGNED_IN = Policy("a round, signed in", _a_round_signed_in)
CONTACT = Policy("contact", _contact)
"""who speaks for the dossier"""
KNOWS = Policy("knows of the dossier", _knows)
READS = Policy("reads the dossier", _reads)
"""contacts, staff, and the committee that it is before, once there is no conflict"""
JUDGES = Policy("committee", _judges)
"""members, chairs, observers and staff of the round; of a dossier, those who may know that it is there"""
READS_TO_JUDGE = Policy("committee, conflict answered", _reads_to_judge)
LEADS = Policy("chair or staff", _leads)
STAFFS = Policy("staff", _staff)
BEGINS = Policy("staff, or no round is open", _begins)
"""staff of any round; while there is none, whoever has signed in finds out how to begin"""
"""staff of any round"""
MANAGES = Policy("staff of the round", _manages)
"""staff of the round in the path; of a dossier, those without a conflict with it"""
