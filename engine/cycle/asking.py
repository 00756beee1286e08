"""What do applicants ask of staff, and what is answered? A later deadline, with a reason."""

from datetime import date

from sqlmodel import col, select

from engine.cycle.extending import extend, states_acting_until
from engine.cycle.obligations import owed
from engine.cycle.own_time import is_own_time, own_times
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, ExtensionRequestRow
from engine.database.store import state_of, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.facts import AWAITED
from engine.rules.moments import edge_instant, from_instant
from engine.rules.roles import may_act_as, must_be_staff
from engine.rules.timers import over_at
from engine.rules.workflow import APPLICANT


def ask_extension(scene: Scene, dossier: DossierRow, of: str, *, to: date | None, reason: str, by: str) -> int:
    """A contact asks for a later deadline, and gets the request's number; `to` is the last day that would do.

    `of` is `call closes` while the dossier can still be handed in, or what it owes (`interim_report 2`; without a
    number the earliest). Raises Unknown for a name that is neither, Refused with every reason.
    """
    person = scene.person(by)
    called, last_day, against = _deadline(scene, dossier, of)
    today = from_instant(scene.now, scene.calendar.zone).date()
    asked = scene.session.exec(
        select(ExtensionRequestRow.id).where(
            col(ExtensionRequestRow.dossier_id) == dossier.id, col(ExtensionRequestRow.of) == called,
            col(ExtensionRequestRow.answered_at).is_(None),
        )
    ).first()  # fmt: skip
    refuse([
        may_act_as(APPLICANT, standing_of(scene, person, dossier), scene.workflow),
        None if reason.strip() else Refusal("reason", "say why more time is needed"),
        against,
        Refusal("day", f"{to} is past", {"because": "past", "day": to.isoformat()}) if to and to < today else None,
        Refusal(
            "day", f'"{called}" is on {last_day} already', {"because": "already", "day": last_day.isoformat()}
        ) if to and last_day and to <= last_day else None,
        Refusal("asked", f'more time for "{called}" has been asked for, and is not answered yet') if asked else None,
    ])  # fmt: skip
    row = ExtensionRequestRow(
        round_id=scene.round_id, dossier_id=the_id(dossier), of=called, wanted=to.isoformat() if to else None,
        reason=reason.strip(), asked_at=scene.now, asked_by=the_id(person),
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("extension asked")
    scene.note("extension asked", by, dossier=dossier, of=called, wanted=row.wanted, reason=row.reason)
    return the_id(row)


def _deadline(scene: Scene, dossier: DossierRow, of: str) -> tuple[str, date | None, Refusal | None]:
    """What is asked about as extensions call it, its last day as it is now, and what there is against moving it."""
    phase, _, tail = of.rpartition(" ")
    if phase in scene.workflow.phases and tail == "closes":
        calendar = scene.calendar_of(dossier)
        edge = calendar.edge(phase, "closes")
        if dossier.state not in states_acting_until(scene, phase):
            sentence = f'{dossier.number} is "{dossier.state}": nothing hangs on "{of}"'
            return of, edge.day, Refusal("state", sentence, {"because": "nothing hangs on it"})
        ends = edge_instant(edge, "closes", calendar.zone_of(phase))
        passed = Refusal("late", f'"{of}" has passed ({edge.day})', {"because": "day", "day": edge.day.isoformat()})
        return of, edge.day, passed if ends <= scene.now else None
    own = next((one for one in own_times(scene, dossier) if one.of == of and one.is_for_applicant), None)
    if own is not None:
        passed = Refusal("late", f'"{of}" has passed', {"because": "day", "day": own.last_day.isoformat()})
        return of, own.last_day, passed if over_at(own.last_day, scene.calendar.zone) <= scene.now else None
    if is_own_time(scene, of):
        sentence = f'{dossier.number} is "{dossier.state}": nothing hangs on "{of}"'
        return of, None, Refusal("state", sentence, {"because": "nothing hangs on it"})
    name, position = (phase, int(tail)) if phase and tail.isdigit() else (of, None)
    if name not in scene.workflow.obligations:
        raise Unknown(
            "deadline", of, [*(f"{known} closes" for known in scene.workflow.phases), *scene.workflow.obligations]
        )
    found = [row for row in owed(scene, dossier, name, position) if row.name == name and state_of(row) in AWAITED]
    if not found:
        return of, None, Refusal("obligation", f'{dossier.number} has nothing open called "{of}"')
    return f"{name} {found[0].position}", date.fromisoformat(found[0].last_day), None


def answer_extension(
    scene: Scene, number: int, *, granted: bool, words: str, by: str, to: date | None = None
) -> None:
    """Staff grant what was asked for, in this very transaction, or refuse it in words.

    Granted without a day (`to`), the day that was asked for is meant. Raises Unknown for a request that this round does
    not have, Refused for one that is answered and with every reason that `extend` has.
    """
    request = scene.session.exec(
        select(ExtensionRequestRow).where(
            col(ExtensionRequestRow.id) == number, col(ExtensionRequestRow.round_id) == scene.round_id
        )
    ).first()
    if request is None:
        raise Unknown(f"request in {scene.round.key}", str(number))
    person = scene.person(by)
    day = to or (date.fromisoformat(request.wanted) if request.wanted else None)
    words = words.strip()
    refuse([
        must_be_staff(standing_of(scene, person)),
        Refusal("answered", f"this has been answered already: {request.outcome}") if request.outcome else None,
        Refusal("day", "say until which day more time is given") if granted and day is None else None,
        None if granted or words else Refusal("reason", "a refusal says why"),
    ])  # fmt: skip
    dossier = scene.session.get_one(DossierRow, request.dossier_id)
    if granted:
        assert day is not None
        extend(scene, request.of, day, reason=words or request.reason, by=by, dossier=dossier)
    request.answered_at, request.answered_by = scene.now, the_id(person)
    request.outcome, request.answer = "granted" if granted else "refused", words or None
    scene.session.add(request)
    scene.session.flush()
    point("extension answered")
    scene.note("extension answered", by, dossier=dossier, of=request.of, outcome=request.outcome, answer=request.answer)
