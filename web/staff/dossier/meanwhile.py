"""What is somebody told who acts on a dossier that has changed since its page was shown?"""

from engine.cycle.seen import ChangedSince
from engine.database.records import JournalRow
from engine.errors import Refused
from web import dates
from web.ask import Ask
from web.reasons import said_by
from web.staff.dossier.happened import happened


def reasons_said(ask: Ask, refused: Refused) -> list[str]:
    """Why an act is refused; of a dossier that has changed, what happened meanwhile, and that nothing was overwritten.

    The page that says so has seen it all: sent once more, the form is about the dossier as it is now.
    """
    if not isinstance(refused, ChangedSince):
        return [said_by(ask, one) for one in refused.reasons]
    names = {change.actor: change.name for change in refused.changes if change.name}
    said = [ask.say("Somebody has changed this dossier since you opened the page. Nothing was overwritten:")]
    for change in refused.changes:
        row = JournalRow(
            id=0, link_id=0, round_id=0, at=change.at, recorded_at=change.at, actor=change.actor, what=change.what,
            details=dict(change.details),
        )  # fmt: skip
        one = happened(ask, row, names)
        said.append(f"{dates.hour(change.at, ask.place.zone, ask.language)} {one.who}: {one.what}")
    return [*said, ask.say("If it is still what you want, send it once more.")]
