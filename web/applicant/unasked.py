"""What may be handed in of somebody's own accord, by whom, and until when?"""

from engine.rules.roles import deliverables_seen
from engine.rules.workflow import STAFF, Deliverable
from web.applicant.looking import Seen
from web.applicant.owing import awaits_review, to_deliver
from web.ask import Ask


def may_be_sent(ask: Ask, what: Deliverable, seen: Seen) -> bool:
    """Whether a deliverable is open to the dossier as it stands, with nothing of it asked for or under review."""
    if seen.dossier.head.state not in what.open_to:
        return False
    if to_deliver(ask.place.workflow, seen.dossier, what.name, ask.now):
        return False
    return not any(one.deliverable == what.name and awaits_review(seen.dossier, one) for one in seen.dossier.deliveries)


def open_for(ask: Ask, seen: Seen, role: str) -> list[Deliverable]:
    """What somebody of that role may hand in now, in the order of the file."""
    return [one for one in ask.place.workflow.deliverables.values() if one.by == role and may_be_sent(ask, one, seen)]


def is_shown(ask: Ask, what: Deliverable) -> bool:
    """Whether the visitor reads what was handed in of it.

    What a committee hands in stays with it and with staff; of the rest a committee reads what its assessment shows it.
    """
    place = ask.place
    if what.by in place.workflow.committees and not place.standing.roles & {STAFF, what.by}:
        return False
    return what.name in deliverables_seen(place.standing, place.workflow, place.its_dossier.state)


def newest_answers(seen: Seen, what: Deliverable) -> dict[str, object]:
    """What was handed in last, to be changed and handed in anew."""
    sent = [one for one in seen.dossier.deliveries if one.deliverable == what.name]
    return dict(sent[-1].answers) if sent else {}


def closes(ask: Ask, seen: Seen, what: Deliverable) -> int | None:
    """The first instant from which it is not open any more as far as the calendar knows; None where nothing says so."""
    state, calendar = seen.dossier.head.state, ask.place.calendar
    ends = []
    for one in ask.place.workflow.transitions.values():
        if state in one.sources and one.target not in what.open_to:
            if one.moment is not None:
                ends.append(calendar.instant(one.moment))
            elif one.window is not None and one.by == what.by:
                ends.append(calendar.window(one.window)[1])
    return min((end for end in ends if end > ask.now), default=None)
