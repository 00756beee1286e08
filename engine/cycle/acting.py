"""What do people do to dossiers: start one, answer its questions, make a transition?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlmodel import col, select

from engine.cycle.answering import check_answers, put_answers
from engine.cycle.changing_meetings import follow_scope
from engine.cycle.clocks import clocks_refusal, follow_clocks
from engine.cycle.keeping_away import keep_away, wrong_dossier
from engine.cycle.late_moves import late_moves
from engine.cycle.moving import enter, reasons_against
from engine.cycle.new_values import give_value
from engine.cycle.obligations import lay_out
from engine.cycle.own_time import within_refusal
from engine.cycle.own_windows import own_window_refusal
from engine.cycle.people import add_contact, put_person, standing_of
from engine.cycle.promising import follow_promises
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.timers import are_there, set_timers
from engine.database.across import lock_programme
from engine.database.connection import insert_once
from engine.database.holds import standing as standing_hold
from engine.database.records import DossierRow, FileRow, PersonRow, TransitionRow
from engine.database.store import current_answers, free_members, last_received, the_id
from engine.errors import GrantcycleError, Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.forms import receipt_of
from engine.rules.giving import asked_of
from engine.rules.moments import Calendar, from_instant
from engine.rules.organisations import key_of
from engine.rules.roles import Standing, may_act_as, must_be_staff
from engine.rules.strands import strand_refusal
from engine.rules.times import Window
from engine.rules.workflow import APPLICANT, Transition, Workflow


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the content, worked out once: before the round is held, by whoever can."""
        return hashlib.sha256(self.content).hexdigest()


def store_uploads(scene: Scene, files: Mapping[str, Upload]) -> dict[str, dict[str, Any]]:
    """Keep the files, once per content, and give the answers that stand for them."""
    answers = {}
    for question, upload in files.items():
        digest = upload.digest
        row = {"digest": digest, "size": len(upload.content), "content": upload.content, "received_at": scene.now}
        insert_once(scene.session, FileRow, [row])
        point("file stored")
        # a name is data, never a path
        name = upload.name.replace("\\", "/").rpartition("/")[2][-150:]
        answers[question] = {"name": name, "digest": digest, "size": len(upload.content)}
    return answers


def window_refusal(window: Window | None, calendar: Calendar, now: int) -> Refusal | None:
    """Why it is too early or too late for an act, or None; a phase's grace is given at its close."""
    if window is None:
        return None
    start, end = calendar.window(window)
    grace = calendar.grace(window.end)
    if start <= now < end + grace:
        return None
    moment = window.start if now < start else window.end
    zone = calendar.clocks if calendar.clocks and moment.phase in calendar.round.by_applicant else calendar.zone
    here = from_instant(now, zone)
    if now < start:
        sentence = f"this is possible from {from_instant(start, zone)} ({zone}); it is now {here}"
        return Refusal("early", sentence, {"opens": start, "zone": zone})
    allowed = f" and {grace // 1_000_000} seconds of grace" if grace else ""
    sentence = f"this was possible before {from_instant(end, zone)}{allowed} ({zone}); it is now {here}"
    return Refusal("late", sentence, {"closed": end, "zone": zone, "grace": grace // 1_000_000})


def _handing_in(workflow: Workflow, state: str) -> list[Transition]:
    return [t for t in workflow.transitions.values() if t.by == APPLICANT and state in t.sources and t.window]


def editing_refusal(workflow: Workflow, state: str, calendar: Calendar, now: int) -> Refusal | None:
    """Why a form in that state may not be filled in now, or None: while it can still be handed in, it may."""
    if state != workflow.begins_in:
        title = workflow.states[state].title
        sentence = f'the dossier is "{title}" ({state}): what was handed in is not changed any more'
        return Refusal("state", sentence, {"because": "handed in", "state": title})
    refusals = [window_refusal(transition.window, calendar, now) for transition in _handing_in(workflow, state)]
    return None if not refusals or None in refusals else refusals[0]


def start_dossier(
    scene: Scene,
    *,
    organisation: str,
    email: str,
    name: str,
    language: str,
    by: str,
    number: str | None = None,
    state: str | None = None,
    received_at: int | None = None,
    strand: str | None = None,
    clocks: str | None = None,
    answers: Mapping[str, Any] | None = None,
) -> DossierRow:
    """Start a dossier with its first contact, or (staff) bring one in with its number, in its state, with its answers.

    It goes by `clocks`, a time zone, where phases do and these are others than the round's.

    Raises Refused before the call opens and after it has closed, for a zone that there is not, and where the rules have
    strands for a dossier in none of them; GrantcycleError for a number that is taken.
    """
    workflow = scene.workflow
    if refusal := clocks_refusal(scene.calendar.round, clocks):
        raise Refused([refusal])
    clocks = None if clocks == scene.calendar.zone else clocks
    dates = scene.calendar.of_strand(strand).of_clocks(clocks)
    brought_in = number is not None or state is not None or received_at is not None
    if state is not None and state not in workflow.states:
        raise Unknown("state", state, workflow.states)
    if brought_in:
        actor = scene.person(by)
        if refusal := must_be_staff(standing_of(scene, actor)):
            raise Refused([refusal])
    elif refusal := editing_refusal(workflow, workflow.begins_in, dates, scene.now):
        raise Refused([refusal])
    if refusal := strand_refusal(workflow, strand):
        raise Refused([refusal])
    if number is None:
        scene.round.last_number += 1
        number = f"{scene.round.number}-{scene.round.last_number:03d}"
        scene.session.add(scene.round)
        point("number taken")
    elif scene.session.exec(
        select(DossierRow.id).where(col(DossierRow.round_id) == scene.round_id, col(DossierRow.number) == number)
    ).first():
        raise GrantcycleError(f"there already is a dossier {number} in {scene.round.key}")
    else:
        tail = number.rpartition("-")[2]
        if tail.isdigit():
            scene.round.last_number = max(scene.round.last_number, int(tail))
    dossier = DossierRow(
        round_id=scene.round_id,
        number=number,
        organisation=organisation,
        organisation_key=key_of(organisation),
        state=state or workflow.begins_in,
        entered_at=scene.now,
        started_at=scene.now,
        received_at=received_at,
        strand=strand,
        clocks=clocks,
    )
    if brought_in and (received_at is not None or dossier.state != workflow.begins_in):
        dossier.batch = scene.calendar.batch_at(scene.now if received_at is None else received_at)
    scene.session.add(dossier)
    scene.session.flush()
    point("dossier written")
    if clocks:
        follow_clocks(scene)
    person = put_person(scene, email=email, name=name, language=language)
    add_contact(scene, dossier, person)
    if brought_in:
        scene.session.add(
            TransitionRow(
                dossier_id=the_id(dossier), name="brought in", source="", target=dossier.state,
                at=scene.now, recorded_at=scene.now,
            )
        )  # fmt: skip
        scene.session.flush()
        point("dossier brought in")
        if answers:
            refuse([
                *check_answers(asked_of(workflow.questions, dossier.strand), answers),
                wrong_dossier(scene, dossier, answers),
            ])  # fmt: skip
            put_answers(scene, dossier, answers, actor)
        # what it owes may be a row of its own schedule, or hang on what it answers
        lay_out(scene, dossier, at=scene.now)
        follow_promises(scene, [the_id(dossier)])
    if are_there(scene):
        set_timers(scene, dossier)
    scene.note(
        "dossier started", by, dossier=dossier, organisation=organisation, contact=person.email, state=state,
        received_at=received_at, strand=strand, intake=dossier.batch, clocks=clocks,
    )  # fmt: skip
    return dossier


def answer(scene: Scene, dossier: DossierRow, answers: Mapping[str, Any], *, by: str) -> None:
    """Store answers to the dossier's form as a new version. Raises Refused with every reason; nothing is lost."""
    person = scene.person(by)
    standing = standing_of(scene, person, dossier)
    stored = current_answers(scene.session, the_id(dossier))
    reasons = [
        None if must_be_staff(standing) is None else may_act_as(APPLICANT, standing, scene.workflow),
        editing_refusal(scene.workflow, dossier.state, scene.calendar_of(dossier), scene.now),
        *check_answers(asked_of(scene.workflow.questions, dossier.strand), answers, stored),
        wrong_dossier(scene, dossier, answers),
    ]
    point("answers judged")
    refuse(reasons)
    put_answers(scene, dossier, answers, person)
    scene.note("answers given", by, dossier=dossier, questions=sorted(answers))
    for per in dict.fromkeys(one.per for one in scene.workflow.meetings_apart.values() if one.per):
        if per in answers and answers[per] != stored.get(per):
            follow_scope(scene, dossier, per, by=by)


def act(scene: Scene, dossier: DossierRow, name: str, *, by: str, reason: str | None, value: Any = None) -> str:
    """Carry out a transition that a person may do, with the `value` that it sets, and give the new state.

    Raises Unknown for a name that is no transition, Refused with every reason the rules have against it.
    """
    transition = made_by_people(scene, name)
    person = scene.person(by)
    if transition.guard("once_per"):
        # whoever hands in the same applicant's dossier of another round waits here, and then sees this one
        lock_programme(scene.session, scene.workflow.programme)
    standing = standing_of(scene, person, dossier)
    if transition.sets is not None or value is not None:
        assert transition.by is not None
        # who may not do this at all learns nothing of what would be taken
        refuse([
            may_act_as(transition.by, standing, scene.workflow),
            scene.machine.from_here(transition.name, dossier.state),
        ])  # fmt: skip
        give_value(scene, dossier, transition, value, person)
    reasons = reasons_not_to_act(scene, dossier, transition, standing, reason=reason, person=person)
    point("act judged")
    refuse(reasons)
    if _hands_in(scene, dossier, transition):
        _receive(scene, dossier)
        keep_away(scene, dossier, by=by)
    enter(scene, dossier, transition, at=scene.now, cause=f"transition {name}", person=person, reason=reason)
    late_moves(scene, dossier)
    return dossier.state


def made_by_people(scene: Scene, name: str) -> Transition:
    """A transition that somebody makes. Raises Unknown for a name that is none, Refused for the calendar's own moves
    and for verdicts."""
    transition = scene.machine.transition(name)
    if transition.by is None:
        sentence = f'"{name}" is made by the calendar ({transition.comes}), not by a person'
        raise Refused([Refusal("calendar", sentence)])
    if transition.takes_effect:
        raise Refused(
            [
                Refusal(
                    "verdict", f'"{name}" is a verdict: record it, and it takes effect at "{transition.takes_effect}"'
                )
            ]
        )
    return transition


def reasons_not_to_act(
    scene: Scene,
    dossier: DossierRow,
    transition: Transition,
    standing: Standing,
    *,
    reason: str | None,
    caps: bool = True,
    person: PersonRow,
) -> list[Refusal]:
    """All that the rules have against somebody's making a transition now: role, state, window, quorum, guards."""
    assert transition.by is not None
    committee = scene.workflow.committees.get(transition.by)
    quorum = committee.quorum if committee else None
    free = free_members(scene.session, scene.round_id, transition.by, the_id(dossier)) if quorum else 0
    found = [
        may_act_as(transition.by, standing, scene.workflow),
        scene.machine.from_here(transition.name, dossier.state),
        window_refusal(transition.window, scene.calendar_of(dossier), scene.now),
        within_refusal(scene, dossier, transition),
        own_window_refusal(scene, dossier, transition.own_window),
        Refusal(
            "quorum", f"{quorum} members without a conflict must decide, and there are {free}",
            {"quorum": quorum, "free": free},
        )
        if quorum and free < quorum
        else None,
        *reasons_against(scene, dossier, transition, reason=reason, caps=caps, person=person),
        Refusal("organisation", f"say first on whose behalf {dossier.number} is handed in: it names no organisation")
        if _hands_in(scene, dossier, transition) and not dossier.organisation.strip()
        else None,
    ]  # fmt: skip
    return [one for one in found if one]


def _hands_in(scene: Scene, dossier: DossierRow, transition: Transition) -> bool:
    is_draft = dossier.state == scene.workflow.begins_in
    return transition.by == APPLICANT and is_draft and transition.window is not None


def _receive(scene: Scene, dossier: DossierRow) -> None:
    """Stamp what is handed in: when the server received it, and a digest over all of it."""
    answers = current_answers(scene.session, the_id(dossier))
    newest = last_received(scene.session, scene.round_id)
    # what arrived first may wait its turn behind what arrived later, but not for longer than the calendar waits: an
    # instant from before that is of a clock that went back
    dossier.received_at = scene.now if scene.now >= newest - scene.settle else newest
    dossier.batch = scene.calendar.batch_at(dossier.received_at)
    point("received stamped")
    dossier.receipt = receipt_of(dossier.number, dossier.received_at, answers)
    scene.session.add(dossier)
    scene.session.flush()
    hold = standing_hold(scene.session)
    scene.note(
        "handed in", "server", at=dossier.received_at, dossier=dossier, receipt=dossier.receipt,
        held=hold.kind if hold else None, intake=dossier.batch,
    )  # fmt: skip
