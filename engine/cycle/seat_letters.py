"""What do people hear about their seat, or their place in the list?

These letters come with grantcycle, and no programme needs to write them. Whoever gets a seat, or gives one back, hears
of it by the invitation that goes into their calendar, and is withdrawn from it.
"""

from collections.abc import Mapping
from typing import Any

from engine.cycle.scene import Scene
from engine.database.records import DossierRow, MeetingRow, PersonRow, SeatRow
from engine.database.seats import WAITING, place_in_list
from engine.database.store import the_id
from engine.rules.workflow import APPLICANT, EVERYONE

HELD_LETTER, GIVEN_BACK = "seat-held", "seat-given-back"
"""with an invitation, and with its withdrawal"""
WAITING_LETTER, OFFERED_LETTER, LAPSED = "waiting-list", "seat-offered", "offer-lapsed"
LIST_MOVED, LIST_CANCELLED = "waiting-list-moved", "waiting-list-cancelled"


def role_of(row: SeatRow) -> str:
    """As which somebody comes: for a dossier, or as one of everybody."""
    return EVERYONE if row.dossier_id is None else APPLICANT


def seat_facts(scene: Scene, row: SeatRow, **more: Any) -> Mapping[str, Any]:
    """What a letter may say of a seat: of what meeting, in which place of the list, offered until when."""
    meeting = scene.session.get_one(MeetingRow, row.meeting_id)
    rule = scene.workflow.meeting(meeting.name)
    said = {
        "meeting": meeting.name,
        "title": rule.title,
        "day": meeting.day,
        "start": meeting.start,
        "end": meeting.end,
        "place": meeting.place,
        "is_online": meeting.online is not None,
        "place_in_list": place_in_list(scene.session, row) if row.state == WAITING else None,
        "answer_by": row.answer_by,
        "reason": None,
        "was": None,
        "from_list": False,
        "within": str(rule.answer_within) if rule.answer_within else None,
        "path": f"/call/{scene.round.key}/meetings/{meeting.id}",
    }
    return {**said, **more}


def tell(scene: Scene, letter: str, row: SeatRow, *, valid_until: int | None = None, **more: Any) -> None:
    """Have one person told about their seat. After `valid_until` (UTC microseconds) the letter is worth nothing."""
    person = scene.session.get_one(PersonRow, row.person_id)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    scene.tell_person(
        f"{letter} {the_id(row)}", letter, person, role=role_of(row), dossier=dossier,
        facts={"seat": seat_facts(scene, row, **more)}, thread=f"seat {the_id(row)}", valid_until=valid_until,
    )  # fmt: skip
