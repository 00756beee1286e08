"""How do an applicant and the staff agree on when a meeting takes place that a dossier owes?

Either side proposes up to three times. The other side accepts one, proposes others, or declines in words. What is
booked stands until another time is accepted; then everybody who is asked to it hears of the new one.
"""

from collections.abc import Sequence
from datetime import date, time
from typing import Any, Literal

from sqlmodel import col, select

from engine.cycle import meetings
from engine.cycle.inviting import invite
from engine.cycle.meetings import Sitting
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import obligation_facts
from engine.database.coming import meeting_for
from engine.database.records import (
    ContactRow,
    DossierRow,
    MeetingRow,
    ObligationRow,
    PersonRow,
    ProposalRow,
    ProposedTimeRow,
)
from engine.database.store import obligations_of, state_of, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.facts import AWAITED
from engine.rules.roles import Standing
from engine.rules.workflow import APPLICANT, STAFF, Meeting

Side = Literal["applicant", "staff"]
MOST = 3
"""times that are proposed at once"""
LONGEST = 2_000
"""characters of what is written with it"""
PROPOSED = {APPLICANT: "times-proposed", STAFF: "times-proposed-staff"}
DECLINED = {APPLICANT: "times-declined", STAFF: "times-declined-staff"}
"""to whom -> the letter"""


def propose(
    scene: Scene, dossier: DossierRow, of: str, times: Sequence[Sitting], *, words: str, by: str
) -> int:
    """Propose times for what is owed (`coaching 4`), or for moving it; gives the number of the proposal.

    Times that were proposed before by either side are replaced. Raises Unknown for something that the dossier does not
    owe, Refused with every reason.
    """
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    obligation, words = find_owed(scene, dossier, of), words.strip()
    side = _side(standing)
    refuse([
        _against_who(standing, side),
        *against_owed(scene, dossier, obligation),
    ])
    meeting = _meeting_of(scene, dossier, obligation)
    refuse([Refusal("times", "people book a free hour for this", {"because": "hours"}) if meeting.book_with else None])
    refuse([
        *_wrong_times(scene, meeting.name, times, dossier),
        Refusal("words", f"a proposal has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
        if len(words) > LONGEST else None,
    ])  # fmt: skip
    assert side is not None
    if standing_one := open_proposal(scene, obligation):
        _end(scene, dossier, obligation, standing_one, "replaced", person)
    booked = booking_of(scene, obligation)
    row = ProposalRow(
        dossier_id=the_id(dossier), obligation_id=the_id(obligation), meeting_id=booked.id if booked else None,
        side=side, words=words or None, proposed_at=scene.now, proposed_by=the_id(person),
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("proposal written")
    for position, one in enumerate(times, start=1):
        assert one.start is not None
        assert one.end is not None
        scene.session.add(
            ProposedTimeRow(
                proposal_id=the_id(row), position=position, day=one.day.isoformat(), start=one.start.isoformat(),
                end=one.end.isoformat(), place=one.place, online=one.online,
            )
        )  # fmt: skip
    scene.session.flush()
    point("proposed times written")
    scene.note(
        "times proposed", by, dossier=dossier, proposal=the_id(row), obligation=_named(obligation), side=side,
        words=row.words, moves=row.meeting_id, times=[said_of(one) for one in times],
    )  # fmt: skip
    _tell(scene, dossier, obligation, row, PROPOSED, person, [said_of(one) for one in times], row.words)
    return the_id(row)


def accept(scene: Scene, dossier: DossierRow, number: int, position: int, *, by: str) -> MeetingRow:
    """The other side accepts one of the times, which books the meeting, or moves it; everybody concerned is asked.

    Raises Unknown for a proposal or a time that is not there, Refused with every reason.
    """
    person = scene.person(by)
    row, obligation = _find(scene, dossier, number)
    standing = standing_of(scene, person, dossier)
    times = times_of(scene, row)
    if position not in times:
        raise Unknown("proposed time", str(position), [str(one) for one in times])
    chosen = times[position]
    refuse([
        _against_who(standing, _side(standing)), _own(row, standing), _ended(scene, row),
        *against_owed(scene, dossier, obligation),
    ])  # fmt: skip
    name = _meeting_of(scene, dossier, obligation).name
    refuse(meetings.against(scene, name, chosen, dossier))
    _end(scene, dossier, obligation, row, "accepted", person, accepted=position)
    booked = booking_of(scene, obligation)
    if booked is not None:
        meetings.put_moved(scene, booked, chosen, reason=None, by=by)
    else:
        booked = meetings.put(scene, name, chosen, person, dossier=dossier, obligation=obligation)
    proposer = scene.session.get_one(PersonRow, row.proposed_by)
    ask_those_concerned(scene, booked, dossier, person if row.side == APPLICANT else proposer, STAFF, by=by)
    return booked


def decline(scene: Scene, dossier: DossierRow, number: int, *, words: str, by: str) -> None:
    """The other side can do none of the times, and says so; whoever proposed them may take them back without a word.

    What is booked stays booked. Raises as `accept` does.
    """
    person = scene.person(by)
    row, obligation = _find(scene, dossier, number)
    standing, words = standing_of(scene, person, dossier), words.strip()
    own = _own(row, standing) is not None
    refuse([
        _against_who(standing, _side(standing)), _ended(scene, row),
        None if own or words else Refusal("reason", "say why none of the times will do"),
        Refusal("words", f"an answer has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
        if len(words) > LONGEST else None,
    ])  # fmt: skip
    _end(scene, dossier, obligation, row, "withdrawn" if own else "declined", person, answer=words or None)
    if not own:
        _tell(
            scene, dossier, obligation, row, DECLINED, person,
            [said_of(one) for one in times_of(scene, row).values()], words,
        )  # fmt: skip


def ask_those_concerned(
    scene: Scene, booked: MeetingRow, dossier: DossierRow, host: PersonRow, role: str, *, by: str
) -> None:
    """Ask all who speak for a dossier to a meeting, and whoever holds it with them."""
    contacts = scene.session.exec(
        select(PersonRow)
        .join(ContactRow, col(ContactRow.person_id) == col(PersonRow.id))
        .where(col(ContactRow.dossier_id) == dossier.id)
        .order_by(col(ContactRow.id))
    ).all()
    for contact in contacts:
        invite(scene, booked, contact, role=APPLICANT, dossier=dossier, by=by)
    if host.id not in {contact.id for contact in contacts}:
        invite(scene, booked, host, role=role, by=by)


def find_owed(scene: Scene, dossier: DossierRow, of: str) -> ObligationRow:
    """What the dossier owes by that name and number (`coaching 4`). Raises Unknown."""
    owed = obligations_of(scene.session, the_id(dossier))
    found = next((row for row in owed if _named(row) == of), None)
    if found is None:
        raise Unknown(f"obligation of {dossier.number}", of, [_named(row) for row in owed])
    return found


def booking_of(scene: Scene, obligation: ObligationRow) -> MeetingRow | None:
    """The meeting that is booked for something owed, past ones included, or None."""
    return scene.session.exec(
        select(MeetingRow)
        .where(col(MeetingRow.obligation_id) == obligation.id, col(MeetingRow.cancelled_at).is_(None))
        .order_by(col(MeetingRow.id).desc())
    ).first()


def open_proposal(scene: Scene, obligation: ObligationRow) -> ProposalRow | None:
    """The times that wait for an answer, or None."""
    return scene.session.exec(
        select(ProposalRow).where(col(ProposalRow.obligation_id) == obligation.id, col(ProposalRow.ended_at).is_(None))
    ).first()


def times_of(scene: Scene, row: ProposalRow) -> dict[int, Sitting]:
    """The times of a proposal, by position."""
    rows = scene.session.exec(
        select(ProposedTimeRow)
        .where(col(ProposedTimeRow.proposal_id) == row.id)
        .order_by(col(ProposedTimeRow.position))
    ).all()
    return {
        one.position: Sitting(
            date.fromisoformat(one.day), time.fromisoformat(one.start), time.fromisoformat(one.end), one.place,
            one.online,
        )
        for one in rows
    }  # fmt: skip


def against_owed(scene: Scene, dossier: DossierRow, obligation: ObligationRow) -> list[Refusal | None]:
    """Why no time is agreed on for something owed: it is no meeting, it is over, or the round has its day."""
    attend = scene.workflow.obligations[obligation.name].attend
    meeting = meeting_for(scene.session, scene.workflow, attend or "", dossier)
    ended = dossier.state in scene.workflow.ends_in or state_of(obligation) not in AWAITED
    sessions = scene.calendar.round.meetings.get(meeting.name if meeting else "", ())
    begun = (booked := booking_of(scene, obligation)) and meetings.standing_against(scene, booked)
    return [
        None if meeting else Refusal("times", f"{_named(obligation)} is no meeting", {"because": "no meeting"}),
        Refusal("times", f"{_named(obligation)} is not asked any more", {"because": "not asked"}) if ended else None,
        Refusal("times", "the round says when this meeting takes place", {"because": "round"}) if sessions else None,
        begun[0] if begun else None,
    ]


def _meeting_of(scene: Scene, dossier: DossierRow, obligation: ObligationRow) -> Meeting:
    """The meeting that is owed, which is one (`against_owed` was asked)."""
    attend = scene.workflow.obligations[obligation.name].attend
    found = meeting_for(scene.session, scene.workflow, attend or "", dossier)
    assert found is not None
    return found


def said_of(one: Sitting) -> dict[str, Any]:
    """A time as the journal and letters have it."""
    return {
        "day": one.day.isoformat(), "start": one.start.isoformat() if one.start else None,
        "end": one.end.isoformat() if one.end else None, "place": one.place, "online": one.online,
    }  # fmt: skip


def _side(standing: Standing) -> Side | None:
    """On which side somebody speaks: who speaks for the dossier is never the other side of it."""
    if standing.contact:
        return "applicant"
    return "staff" if STAFF in standing.roles else None


def _against_who(standing: Standing, side: Side | None) -> Refusal | None:
    if side is None:
        sentence = "only those who speak for the dossier, and the staff, agree on times"
        return Refusal("role", sentence, {"because": "contact"})
    if side == STAFF and standing.conflict:
        return Refusal("conflict", "you have declared a conflict with this dossier")
    return None


def _own(row: ProposalRow, standing: Standing) -> Refusal | None:
    if row.side != _side(standing):
        return None
    return Refusal("times", "your own side has proposed this: the other side answers it", {"because": "own"})


def _ended(scene: Scene, row: ProposalRow) -> Refusal | None:
    if row.ended_at is None:
        return None
    who = scene.session.get_one(PersonRow, row.ended_by)
    return Refusal(
        "times", f"{who.email} has answered this already: {row.ending}",
        {"because": "answered", "by": who.name or who.email},
    )  # fmt: skip


def _wrong_times(
    scene: Scene, name: str, times: Sequence[Sitting], dossier: DossierRow
) -> list[Refusal | None]:
    hours = [(one.day, one.start, one.end) for one in times]
    found: list[Refusal | None] = [
        None if times else Refusal("times", "propose at least one time", {"because": "none"}),
        Refusal("times", f"at most {MOST} times are proposed at once", {"because": "many", "most": MOST})
        if len(times) > MOST else None,
        Refusal("times", "two of these times are the same", {"because": "same"})
        if len(set(hours)) < len(hours) else None,
    ]  # fmt: skip
    for one in times:
        if one.start is None or one.end is None:
            found.append(Refusal("times", "say from when until when", {"because": "hours"}))
        else:
            found += meetings.against(scene, name, one, dossier)
        if not one.place and not one.online:
            found.append(Refusal("times", "say where, or on line at which address", {"because": "where"}))
    return list(dict.fromkeys(found))


def _find(scene: Scene, dossier: DossierRow, number: int) -> tuple[ProposalRow, ObligationRow]:
    row = scene.session.exec(
        select(ProposalRow).where(col(ProposalRow.id) == number, col(ProposalRow.dossier_id) == dossier.id)
    ).first()
    if row is None:
        raise Unknown(f"proposal for {dossier.number}", str(number))
    return row, scene.session.get_one(ObligationRow, row.obligation_id)


def _end(
    scene: Scene,
    dossier: DossierRow,
    obligation: ObligationRow,
    row: ProposalRow,
    ending: str,
    person: PersonRow,
    *,
    answer: str | None = None,
    accepted: int | None = None,
) -> None:
    row.ended_at, row.ended_by, row.ending = scene.now, the_id(person), ending
    row.answer, row.accepted = answer, accepted
    scene.session.add(row)
    scene.session.flush()
    point("proposal ended")
    scene.note(
        "proposal ended", person.email, dossier=dossier, proposal=the_id(row), obligation=_named(obligation),
        ending=ending, answer=answer, accepted=accepted,
    )  # fmt: skip


def _tell(
    scene: Scene,
    dossier: DossierRow,
    obligation: ObligationRow,
    row: ProposalRow,
    letters: dict[str, str],
    person: PersonRow,
    times: Sequence[dict[str, Any]],
    words: str | None,
) -> None:
    """Have the other side hear of it: of times from whoever proposed them, of an answer from whoever declined."""
    to = APPLICANT if (row.side == STAFF) == (letters is PROPOSED) else STAFF
    facts = {
        "of": obligation_facts(obligation), "times": list(times), "words": words, "by": person.name or person.email,
        "moves": row.meeting_id is not None,
        "path": f"{scene.round.key}/{dossier.number}/meeting/{obligation.name}-{obligation.position}",
    }  # fmt: skip
    scene.tell(
        f"proposal {the_id(row)}", {to: letters[to]}, dossier, at=scene.now, extras={"proposal": facts}
    )  # fmt: skip


def _named(obligation: ObligationRow) -> str:
    return f"{obligation.name} {obligation.position}"
