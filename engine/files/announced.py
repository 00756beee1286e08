"""Is an announcement told to people whom it can be told to?"""

from engine.files.source import Spot
from engine.files.tables import Values
from engine.rules.workflow import APPLICANT, EVERYONE


def check_told(values: Values, spot: Spot) -> None:
    """Complain about an announcement to an applicant, and about states that concern nobody who is told."""
    for role in values["tell"]:
        if role == APPLICANT:
            spot.at("tell", role).complain("an announcement is no letter about a dossier; write everyone")
    if "about" in values and EVERYONE not in values["tell"]:
        spot.at("about").complain("says nothing here: tell everyone, who are then those concerned")
