"""What would keep an applicant from handing in, because of what they handed in before?

They read it before they start, and on every page on the way to handing in.
"""

from collections.abc import Sequence

from engine.database.across import When
from engine.database.pages import applicants
from engine.database.store import the_id
from web.ask import Ask
from web.policy import somebody
from web.reasons import said_by


def in_the_way(ask: Ask) -> list[str]:
    """What is in the way of the dossier of the page, in words."""
    place = ask.place
    guards = applicants.looking_across(place.handing_in)
    if not guards or place.its_dossier.state != place.workflow.begins_in:
        return []
    with ask.reading() as session:
        reader = somebody(ask).person_id
        found = applicants.against(session, place.workflow, place.its_dossier, guards, _when(ask), reader)
    return [said_by(ask, one) for one in found]


def before_starting(ask: Ask) -> Sequence[tuple[str, list[str]]]:
    """(organisation, what is in its way) for those that the visitor spoke for; without a name whichever it is."""
    place = ask.place
    guards = applicants.looking_across(place.handing_in)
    if not guards:
        return []
    with ask.reading() as session:
        found = applicants.before_starting(
            session, place.workflow, the_id(place.round), somebody(ask).person_id, guards, _when(ask)
        )
    return [(name, [said_by(ask, one) for one in reasons]) for name, reasons in found]


def _when(ask: Ask) -> When:
    return When(ask.now, ask.place.zone, ask.place.calendar.round.holidays)
