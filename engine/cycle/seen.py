"""Has a dossier changed since the page was shown from which somebody acts?

Two people may have the same dossier before them. The second is told what the first did, before anything is done.
"""

from collections.abc import Sequence

from engine.cycle.scene import Scene
from engine.database.changes import Change, changes_since
from engine.database.records import DossierRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused
from engine.faults import point


class ChangedSince(Refused):
    """What was acted on is not what was seen; `changes` says what happened meanwhile, oldest first."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        numbers = dict.fromkeys(change.number for change in changes)
        super().__init__(
            Refusal("changed", f"{number} has changed since you looked at it", {"number": number}) for number in numbers
        )


def must_be_as_seen(scene: Scene, dossiers: Sequence[DossierRow], seen: int | None) -> None:
    """Raises ChangedSince when something has happened to one of these since the journal went as far as `seen`.

    With None nobody asks.
    """
    if seen is None:
        return
    changes = changes_since(scene.session, scene.round_id, seen, [the_id(one) for one in dossiers])
    point("changes looked for")
    if changes:
        raise ChangedSince(changes)


def as_seen(scene: Scene, number: str, seen: int | None) -> DossierRow:
    """The dossier of that number, as somebody saw it. Raises Unknown, or ChangedSince as `must_be_as_seen` does."""
    dossier = scene.dossier(number)
    must_be_as_seen(scene, [dossier], seen)
    return dossier
