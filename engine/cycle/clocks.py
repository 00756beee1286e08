"""By whose clocks does a dossier go, where phases open and close by those of its applicant?

They are those of the round until somebody says others. What has passed stays passed: no change of the clocks leads an
edge of a phase, or a moment that hangs on one, over the present.
"""

from collections.abc import Iterator, Sequence

from engine.cycle.deadlines import put_agenda, put_own_agenda
from engine.cycle.late_moves import late_moves
from engine.cycle.moved_edges import follow_edge, owed_by
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.calendars import clocks_of_dossiers
from engine.database.records import DossierRow
from engine.database.store import obligations_of, state_of, the_id
from engine.errors import Refusal
from engine.faults import point
from engine.files.days import zones
from engine.rules.facts import UNFULFILLED
from engine.rules.moments import Calendar, from_instant
from engine.rules.roles import must_be_staff
from engine.rules.round import Round
from engine.rules.times import EdgeName, Moment
from engine.rules.workflow import Workflow

EDGES: tuple[EdgeName, EdgeName] = ("opens", "closes")


def clocks_refusal(round: Round, zone: str | None) -> Refusal | None:
    """Why a dossier of the round cannot go by a zone, or None."""
    if zone is None:
        return None
    if not round.by_applicant:
        return Refusal("clocks", "nothing in this round goes by the clocks of an applicant", {"because": "round"})
    if zone not in zones():
        return Refusal("clocks", f'there is no time zone "{zone}"', {"because": "unknown", "zone": zone})
    return None


def change_clocks(scene: Scene, dossier: DossierRow, zone: str, *, by: str) -> None:
    """Have a dossier go by another zone from now on, as somebody who speaks for it says, or staff.

    Raises Refused with every reason: no such zone, the same, or one by which something has passed that has not by the
    other.
    """
    standing = standing_of(scene, scene.person(by), dossier)
    round = scene.calendar.round
    clocks = None if zone == round.timezone else zone
    now_by, then_by = scene.calendar_of(dossier), scene.calendar_of(dossier).of_clocks(clocks)
    refuse([
        None if standing.contact else must_be_staff(standing),
        clocks_refusal(round, zone) or (
            Refusal("clocks", f"{dossier.number} goes by {zone} already", {"because": "same", "zone": zone})
            if clocks == dossier.clocks else next(_passed(scene, dossier, now_by, then_by), None)
        ),
    ])  # fmt: skip
    before, dossier.clocks = dossier.clocks, clocks
    scene.session.add(dossier)
    scene.session.flush()
    point("clocks changed")
    scene.note("clocks changed", by, dossier=dossier, before=before, clocks=clocks)
    follow_clocks(scene)
    for edge in sorted({row.of for row in scene.standing_extensions if row.dossier_id == dossier.id}):
        if edge.rpartition(" ")[0] in round.by_applicant:
            put_own_agenda(scene, dossier, edge)
    follow_edge(scene, dossier, None, now_by)
    late_moves(scene, dossier)


def follow_clocks(scene: Scene) -> None:
    """Have the calendar go by the clocks that dossiers have now: what comes by new ones is written down.

    What has come by these already came before anybody here had them, and comes for those who have them now as for all.
    """
    before = scene.calendar.others
    scene.has_clocks()
    if scene.calendar.others != before:
        put_agenda(scene)


def _passed(scene: Scene, dossier: DossierRow, now_by: Calendar, then_by: Calendar) -> Iterator[Refusal]:
    """What has passed by one of two clocks and not by the other."""
    for moment in dict.fromkeys(_moments(scene.workflow, scene.calendar.round)):
        if moment.edge == "closes" and now_by.never_closes(moment.phase):
            continue
        old, new = now_by.instant(moment), then_by.instant(moment)
        if (old <= scene.now) != (new <= scene.now):
            was, would = (f"{from_instant(at, scene.calendar.zone):%Y-%m-%d %H:%M}" for at in (old, new))
            sentence = (
                f'"{moment}" would be {would} in place of {was} ({scene.calendar.zone}): what has passed stays passed, '
                "and nobody is made late afterwards"
            )
            title = scene.workflow.phases[moment.phase]
            yield Refusal("clocks", sentence, {"because": "passed", "phase": title, "edge": moment.edge})
    for row in obligations_of(scene.session, the_id(dossier)):
        rule = scene.workflow.obligations[row.name]
        then = owed_by(rule, row, now_by, then_by) if rule.window and state_of(row) in UNFULFILLED else None
        if then is not None and (row.due_at <= scene.now) != (then.due_at <= scene.now):
            called = f"{row.name} {row.position}"
            sentence = f'"{called}" was due by one of these clocks, and not by the other: what has passed stays passed'
            yield Refusal("clocks", sentence, {"because": "owed", "obligation": called})


def _moments(workflow: Workflow, round: Round) -> Iterator[Moment]:
    """All that hangs on phases which go by the clocks of an applicant."""
    for phase in round.by_applicant:
        yield from (Moment(phase, edge) for edge in EDGES)
    windows = [one.window for one in workflow.transitions.values()]
    windows += [one.window for one in workflow.obligations.values()]
    found = [moment for window in windows if window for moment in (window.start, window.end)]
    found += [one.moment for one in workflow.transitions.values() if one.moment]
    yield from (moment for moment in found if moment.phase in round.by_applicant)


def clocks_known(scene: Scene) -> Sequence[str]:
    """All clocks that dossiers of the round have, whether its phases go by them or other dates will."""
    return clocks_of_dossiers(scene.session, scene.round_id)


def may_change(scene: Scene, dossier: DossierRow) -> bool:
    """Whether it says anything by whose clocks a dossier goes: something of the round is still to come by them."""
    calendar = scene.calendar_of(dossier)
    return dossier.state not in scene.workflow.ends_in and any(
        calendar.instant(moment) > scene.now for moment in _moments(scene.workflow, calendar.round)
    )
