"""Does a changed programme fit a round as it stands: would anybody be stranded, or anything lack its rule?"""

from collections.abc import Iterator, Mapping
from itertools import product

import sqlalchemy as sa
from sqlmodel import col, func, select

from engine.cycle.clocks import clocks_known
from engine.cycle.own_time import has_own_time
from engine.cycle.scene import Scene
from engine.database.calendars import extended
from engine.database.meetings import meetings_of
from engine.database.promised import STANDS
from engine.database.records import (
    AnswerRow,
    DeadlineRow,
    DeliveryRow,
    DossierRow,
    ExtensionRequestRow,
    MeetingRow,
    NotificationRow,
    ObligationRow,
    PaymentRow,
    PromisedRow,
    ProposalRow,
    RoleRow,
    ScoreRow,
    SlotRow,
    VerdictRow,
)
from engine.errors import Refusal, did_you_mean, nearest
from engine.files.reading import Programme
from engine.rules.divided import committee_of, scopes_of
from engine.rules.moments import Calendar, from_instant
from engine.rules.stranding import states_with_a_way_out
from engine.rules.times import Moment
from engine.rules.workflow import Workflow

Mapped = Mapping[str, str]
"""state -> the state to which dossiers go from it"""


def calendar_with(scene: Scene, programme: Programme) -> Calendar:
    """The round's dates as a changed programme says, with the extensions and the meetings that stand."""
    round = programme.rounds[scene.round.name]
    return extended(round, scene.standing_extensions, None, meetings_of(scene.session, scene.round_id))


def reasons_not_to_run_on(scene: Scene, programme: Programme, mapped: Mapped) -> list[Refusal]:
    """All there is against a round going on with that programme, once dossiers were led from state to state."""
    if wrong := _another_round(scene, programme):
        return wrong
    workflow, calendar = programme.rules_of(scene.round.name), calendar_with(scene, programme)
    return [
        *_dates_that_passed(scene, calendar),
        *_mapping(scene, workflow, mapped),
        *_stranded(scene, workflow, calendar, mapped),
        *_verdicts(scene, workflow, mapped),
        *_obligations(scene, workflow),
        *_payments(scene, workflow),
        *_requests(scene, workflow),
        *_meetings(scene, workflow),
        *_people(scene, workflow),
        *_strands(scene, workflow),
        *_answers(scene, workflow),
        *_marks(scene, workflow),
    ]


def _another_round(scene: Scene, programme: Programme) -> list[Refusal]:
    row = scene.round
    round = programme.rounds.get(row.name)
    if programme.name != row.programme or round is None:
        return [Refusal("round", f"{programme.name} has no round {row.name}, and {row.key} is what runs")]
    found = []
    if round.number != row.number:
        sentence = f'the number of a round that runs stays "{row.number}"; the file says "{round.number}"'
        found.append(Refusal("round", sentence, {"because": "number", "was": row.number}))
    if round.timezone != row.timezone:
        sentence = f'the time zone of a round that runs stays "{row.timezone}"; the file says "{round.timezone}"'
        found.append(Refusal("round", sentence, {"because": "zone", "was": row.timezone}))
    was, now = scene.workflow.currency, programme.workflow.currency
    if was is not None and now != was:
        sentence = f'the currency of a round that runs stays "{was}"; the file says "{now}"'
        found.append(Refusal("round", sentence, {"because": "currency", "was": was}))
    return found


def _dates_that_passed(scene: Scene, calendar: Calendar) -> Iterator[Refusal]:
    """What a date did is not undone by another date, and nobody is late because a date was moved behind them."""
    ended = set(
        scene.session.exec(
            select(DeadlineRow.key).where(
                col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.kind) == "edge",
                col(DeadlineRow.dossier_id).is_(None), col(DeadlineRow.ended_at).is_not(None),
            )
        ).all()
    )  # fmt: skip
    strands = (None, *dict.fromkeys((*scene.calendar.apart, *calendar.apart)))
    parts: list[tuple[str | None, str | None]] = [(strand, None) for strand in strands]
    parts += [(None, clocks) for clocks in clocks_known(scene)]
    for phase, (strand, clocks) in product(scene.workflow.phases, parts):
        for edge in ("opens", "closes"):
            moment = Moment(phase, edge)
            if phase not in calendar.round.phases or (strand and not _is_apart(scene, calendar, phase, strand)):
                continue
            old, new = (one.of_strand(strand).of_clocks(clocks).instant(moment) for one in (scene.calendar, calendar))
            was, now = (f"{from_instant(at, calendar.zone):%Y-%m-%d %H:%M}" for at in (old, new))
            its = {f"edge {moment}", f"edge {moment} strand {strand}", f"edge {moment} clocks {clocks}"}
            if old != new and its & ended and old <= scene.now:
                sentence = f'"{moment}" has passed ({was}): what it did is not undone by another date ({now})'
                yield Refusal("fired", sentence, {"because": "rules", "edge": str(moment)})
            elif old != new and new <= scene.now:
                sentence = f'"{moment}" would be {now}, which is past: nobody is made late afterwards'
                yield Refusal("past", sentence, {"because": "rules", "edge": str(moment)})


def _is_apart(scene: Scene, calendar: Calendar, phase: str, strand: str) -> bool:
    return strand in scene.calendar.strands_apart(phase) or strand in calendar.strands_apart(phase)


def dossiers_by_state(scene: Scene) -> dict[str, int]:
    """state -> how many dossiers stand in it."""
    rows = scene.session.connection().execute(
        sa.select(col(DossierRow.state), sa.func.count()).where(scene.in_round).group_by(col(DossierRow.state))
    )
    return {state: count for state, count in rows}  # noqa: C416  # a row is no pair of its own


def _mapping(scene: Scene, workflow: Workflow, mapped: Mapped) -> Iterator[Refusal]:
    for old, new in mapped.items():
        if old not in scene.workflow.states:
            known = did_you_mean(old, scene.workflow.states)
            yield Refusal("map", f'no state of the round is called "{old}"{known}', {"because": "from", "name": old})
        if new not in workflow.states:
            known = did_you_mean(new, workflow.states)
            yield Refusal("map", f'the new rules have no state "{new}"{known}', {"because": "to", "name": new})


def states_to_map(scene: Scene, workflow: Workflow, mapped: Mapped) -> dict[str, str | None]:
    """The states in which dossiers stand and which the new rules lack -> the nearest of theirs, by name or title."""
    found: dict[str, str | None] = {}
    titles = {state.title: name for name, state in workflow.states.items()}
    for state in dossiers_by_state(scene):
        if state not in workflow.states and state not in mapped:
            title = nearest(scene.workflow.states[state].title, titles)
            found[state] = nearest(state, workflow.states) or (titles[title] if title else None)
    return found


def _stranded(scene: Scene, workflow: Workflow, calendar: Calendar, mapped: Mapped) -> Iterator[Refusal]:
    counts, proposed = dossiers_by_state(scene), states_to_map(scene, workflow, mapped)
    was_safe = states_with_a_way_out(scene.workflow, scene.calendar, scene.now)
    safe = states_with_a_way_out(workflow, calendar, scene.now)
    for state, count in counts.items():
        title = scene.workflow.states[state].title
        if state in proposed:
            to = f"; say where they go: {state}={proposed[state]}" if proposed[state] else ""
            yield Refusal(
                "stranded", f'the new rules have no state "{state}" ("{title}"), in which {_count(count)}{to}',
                {
                    "because": "no state", "name": state, "state": title, "count": count,
                    "nearest": proposed[state] or "",
                },
            )  # fmt: skip
        elif (target := mapped.get(state, state)) in workflow.states and target not in safe:
            if target == state and state not in was_safe:
                continue  # nothing led out of it before either
            yield Refusal(
                "stranded",
                f'no way leads out of "{target}" by the new rules and dates, where {_count(count)} or would',
                {"because": "no way out", "name": target, "state": workflow.states[target].title,
                 "count": count},
            )  # fmt: skip


def _count(number: int) -> str:
    return "one dossier stands" if number == 1 else f"{number} dossiers stand"


def _verdicts(scene: Scene, workflow: Workflow, mapped: Mapped) -> Iterator[Refusal]:
    """A verdict that stands must be one that the new rules know, and their moment for it must be still to come."""
    rows = scene.session.exec(
        select(DossierRow.number, DossierRow.state, VerdictRow.transition)
        .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
        .where(scene.in_round, col(VerdictRow.ended_at).is_(None))
        .order_by(col(DossierRow.number))
    ).all()
    gone: dict[str, list[str]] = {}
    for number, state, name in rows:
        move = workflow.transitions.get(name)
        is_theirs = move is not None and move.takes_effect is not None and mapped.get(state, state) in move.sources
        if not is_theirs or move is None or _has_ended(scene, f"verdicts {move.takes_effect}"):
            gone.setdefault(name, []).append(number)
    for name, numbers in gone.items():
        sentence = (
            f'the verdict "{name}" stands on {", ".join(numbers[:5])}{" and others" if len(numbers) > 5 else ""}, and '
            "the new rules could not carry it out: withdraw it first, or keep the transition"
        )
        yield Refusal("verdict", sentence, {"because": "rules", "name": name, "count": len(numbers)})


def _has_ended(scene: Scene, key: str) -> bool:
    found = select(DeadlineRow.id).where(
        col(DeadlineRow.round_id) == scene.round_id, col(DeadlineRow.key) == key, col(DeadlineRow.ended_at).is_not(None)
    )
    return scene.session.exec(found).first() is not None


def _obligations(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    """What was begun, or is fulfilled, stays what it is."""
    row = ObligationRow
    done_for_it = (col(other.obligation_id) for other in (DeliveryRow, MeetingRow, ProposalRow))
    begun = sa.or_(
        col(row.fulfilled_at).is_not(None), col(row.handed_in_at).is_not(None),
        *(sa.exists().where(of == col(row.id)) for of in done_for_it),
    )  # fmt: skip
    rows = scene.session.connection().execute(
        sa.select(
            col(row.name), sa.func.count(),
            sa.func.count(sa.case((sa.and_(col(row.fulfilled_at).is_(None), col(row.excused_at).is_(None)), 1))),
        )
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(scene.in_round, begun)
        .group_by(col(row.name))
        .order_by(col(row.name))
    )  # fmt: skip
    for name, count, unfinished in rows:
        was, now = scene.workflow.obligations[name], workflow.obligations.get(name)
        if now is None and unfinished:
            sentence = f'"{name}" would be owed no more, and {_begun(unfinished)}: accept or excuse that first'
            yield Refusal("obligation", sentence, {"because": "begun", "name": name, "count": unfinished})
        elif now is not None and (now.attend, now.deliver, now.accepted_by) != (
            was.attend, was.deliver, was.accepted_by
        ):  # fmt: skip
            sentence = f'"{name}" would ask for something else, and {_begun(count)}'
            yield Refusal("obligation", sentence, {"because": "begun", "name": name, "count": count})


def _payments(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    """What money was paid for stays promised: nobody could say any more what it was for."""
    rows = scene.session.connection().execute(
        sa.select(col(PromisedRow.name), sa.func.count(sa.distinct(col(PromisedRow.dossier_id))))
        .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
        .join(PaymentRow, col(PaymentRow.promised_id) == col(PromisedRow.id))
        .where(scene.in_round, STANDS)
        .group_by(col(PromisedRow.name))
        .order_by(col(PromisedRow.name))
    )  # fmt: skip
    for name, count in rows:
        now = workflow.promises.get(name)
        if now is None or now.pay != scene.workflow.promises[name].pay:
            said = f'pay "{now.pay}"' if now is not None and now.pay else "pay nothing" if now else "be gone"
            sentence = f'"{name}" would {said}, and {count} have been paid by it: take those payments back first'
            yield Refusal("payment", sentence, {"because": "rules", "name": name, "count": count})


def _begun(count: int) -> str:
    return "one has begun or fulfilled it" if count == 1 else f"{count} have begun or fulfilled it"


def _requests(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    asked = scene.session.exec(
        select(ExtensionRequestRow.of)
        .where(col(ExtensionRequestRow.round_id) == scene.round_id, col(ExtensionRequestRow.answered_at).is_(None))
        .distinct()
    ).all()
    for of in asked:
        name, _, last = of.rpartition(" ")
        if has_own_time(workflow, of):
            continue
        if name not in (workflow.phases if last in ("opens", "closes") else workflow.obligations):
            sentence = f'somebody waits for more time for "{of}", which goes: answer that first'
            yield Refusal("request", sentence, {"because": "rules", "edge": of})


def _meetings(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    to_come = select(MeetingRow.name, MeetingRow.day).where(
        col(MeetingRow.round_id) == scene.round_id, col(MeetingRow.cancelled_at).is_(None),
        col(MeetingRow.day) >= scene.day_of(scene.now).isoformat(),
    )  # fmt: skip
    for name, day in scene.session.exec(to_come.order_by(col(MeetingRow.day))).all():
        if name not in workflow.meetings:
            sentence = f'"{name}" is held on {day}, and the new rules have no such meeting: cancel it first'
            yield Refusal("meeting", sentence, {"because": "rules", "name": name, "day": day})
    slots = select(SlotRow.meeting, func.count()).where(col(SlotRow.round_id) == scene.round_id)
    for name, count in scene.session.exec(slots.group_by(col(SlotRow.meeting))).all():
        meeting = workflow.meetings.get(name)
        if meeting is None or meeting.running_order is None:
            sentence = f'{count} slots of "{name}" are given, and the new rules give none there'
            yield Refusal("slots", sentence, {"because": "rules", "name": name, "count": count})


def _people(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    given = select(RoleRow.role, func.count()).where(col(RoleRow.round_id) == scene.round_id)
    for role, count in scene.session.exec(given.group_by(col(RoleRow.role))).all():
        name = role.removesuffix(" observer")
        if name in scene.workflow.committees and name not in workflow.committees:
            sentence = f'{count} people have the part "{role}", which the new rules do not have'
            yield Refusal("committee", sentence, {"because": "rules", "name": role, "count": count})
    yield from _seats(scene, workflow)
    written = select(NotificationRow.language, func.count()).where(col(NotificationRow.round_id) == scene.round_id)
    for language, count in scene.session.exec(written.group_by(col(NotificationRow.language))).all():
        if language in scene.workflow.languages and language not in workflow.languages:
            sentence = f'{count} letters were written in "{language}", which the new rules leave out'
            yield Refusal("language", sentence, {"because": "rules", "name": language, "count": count})


def _seats(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    """Whoever sits in a committee for a strand or an answer still does by the new rules."""
    given = (
        select(RoleRow.role, RoleRow.per, RoleRow.scope, func.count())
        .where(col(RoleRow.round_id) == scene.round_id, col(RoleRow.scope) != "")
        .group_by(col(RoleRow.role), col(RoleRow.per), col(RoleRow.scope))
        .order_by(col(RoleRow.role), col(RoleRow.scope))
    )
    for role, per, scope, count in scene.session.exec(given).all():
        committee = committee_of(workflow, role)
        if committee is not None and (committee.per != per or scope not in scopes_of(workflow, role)):
            sentence = f'{count} people have the part "{role}" for "{scope}", and the new rules have none for that'
            yield Refusal(
                "committee", sentence, {"because": "seats", "name": role, "scope": scope, "count": count}
            )


def _strands(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    """Each dossier stands in one of the strands that there are, or in none where there are none."""
    given = sa.select(col(DossierRow.strand), sa.func.count()).where(scene.in_round).group_by(col(DossierRow.strand))
    for strand, count in scene.session.connection().execute(given):
        if (strand is None) != (not workflow.strands) or (strand is not None and strand not in workflow.strands):
            sentence = f'the new rules have no strand "{strand}", in which {_count(count)}' if strand else (
                f"by the new rules each dossier stands in a strand, and {_count(count)} in none"
            )  # fmt: skip
            yield Refusal("strand", sentence, {"because": "rules", "name": strand or "–", "count": count})


def _answers(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    given = (
        select(AnswerRow.question, func.count(func.distinct(AnswerRow.dossier_id)))
        .join(DossierRow, col(DossierRow.id) == col(AnswerRow.dossier_id))
        .where(scene.in_round)
        .group_by(col(AnswerRow.question))
    )
    for question, count in scene.session.exec(given).all():
        was, now = scene.workflow.questions.get(question), workflow.questions.get(question)
        if was is not None and now is not None and was.kind != now.kind:
            sentence = f'{count} dossiers have answered "{question}" as {was.kind}, and it would be {now.kind}'
            yield Refusal("answers", sentence, {"because": "rules", "name": question, "count": count})


def _marks(scene: Scene, workflow: Workflow) -> Iterator[Refusal]:
    given = (
        select(ScoreRow.criterion, func.min(ScoreRow.mark), func.max(ScoreRow.mark))
        .join(DossierRow, col(DossierRow.id) == col(ScoreRow.dossier_id))
        .where(scene.in_round)
        .group_by(col(ScoreRow.criterion))
    )
    for name, low, high in scene.session.exec(given).all():
        criterion = workflow.criteria.get(name)
        if criterion is not None and not min(criterion.scale) <= low <= high <= max(criterion.scale):
            sentence = f'marks from {low:g} to {high:g} are given for "{name}", and its scale would not hold them'
            yield Refusal("marks", sentence, {"because": "rules", "name": name})
