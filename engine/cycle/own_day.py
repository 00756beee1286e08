"""What follows when a day that a dossier has by itself is given, or changes, or something is accepted?"""

from engine.cycle import timers
from engine.cycle.obligations import follow_own_window
from engine.cycle.scene import Scene
from engine.database.records import DossierRow


def follow_day(scene: Scene, dossier: DossierRow) -> None:
    """Have the calendar and what is owed go by the day as it is now."""
    timers.follow_day(scene, dossier)
    follow_own_window(scene, dossier)
