"""From when until when is something possible for one dossier, where its own days say so?"""

from engine.cycle.own_time import meeting_ends
from engine.cycle.scene import Scene
from engine.database.anchors import anchors_of
from engine.database.records import DossierRow
from engine.database.stays import came_into
from engine.database.store import the_id
from engine.errors import Refusal
from engine.rules.moments import from_instant
from engine.rules.timers import instant_of
from engine.rules.times import OwnMoment, OwnWindow
from engine.rules.workflow import Meeting, Workflow, title_of


def own_window_refusal(scene: Scene, dossier: DossierRow, own: OwnWindow | None) -> Refusal | None:
    """Why it is too early or too late for an act between days of the dossier itself, or None.

    While nobody has given the day from which on it is possible, it is too early; one until which it is, may be open.
    """
    if own is None:
        return None
    opens, closes = instants_of(scene, dossier, own)
    zone = scene.calendar.zone
    here = from_instant(scene.now, zone)
    if opens is None:
        sentence = f'this is possible from "{own.start}" on, and nobody has given that day yet'
        return Refusal("early", sentence, {"because": "no day", "question": said_of(scene.workflow, own.start)})
    if scene.now < opens:
        sentence = f"this is possible from {from_instant(opens, zone)} ({zone}); it is now {here}"
        return Refusal("early", sentence, {"opens": opens, "zone": zone})
    if closes is not None and closes <= scene.now:
        sentence = f"this was possible before {from_instant(closes, zone)} ({zone}); it is now {here}"
        return Refusal("late", sentence, {"closed": closes, "zone": zone, "grace": 0})
    return None


def instants_of(scene: Scene, dossier: DossierRow, own: OwnWindow) -> tuple[int | None, int | None]:
    """The window of a dossier as [first instant, first instant after); None for an end that nobody has given yet."""
    anchors = anchors_of(scene.session, scene.workflow, the_id(dossier), scene.calendar.zone)
    calendar = scene.calendar_of(dossier)
    opens, closes = (instant_of(one, calendar, anchors) for one in (own.start, own.end))
    return opens, closes


def window_of_meeting(scene: Scene, dossier: DossierRow, meeting: Meeting) -> tuple[int | None, int | None]:
    """From when until when a meeting takes place for a dossier; None where that is not known yet."""
    if meeting.own_window is not None:
        return instants_of(scene, dossier, meeting.own_window)
    if meeting.window is not None:
        return scene.calendar_of(dossier).window(meeting.window)
    return came_into(scene.session, dossier, meeting.open_to, scene.workflow.begins_in), meeting_ends(
        scene, dossier, meeting
    )


def said_of(workflow: Workflow, moment: object) -> str:
    """What a day of the dossier is called: the question that asks for it, or what is accepted."""
    if not isinstance(moment, OwnMoment):
        return str(moment)
    if moment.is_accepted:
        return title_of(workflow, workflow.obligations[moment.anchor])
    return workflow.questions[moment.anchor].ask
