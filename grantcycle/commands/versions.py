"""On which rules and dates has a round run?"""

import typer
from sqlmodel import Session

from engine.database.pages.versions import Version, versions_of
from engine.database.store import find_round
from engine.errors import Unknown
from engine.files.reading import Programme
from grantcycle import console
from grantcycle.commands.parameters import Json, RoundName, wiring_of
from grantcycle.instants import both, local
from grantcycle.wiring import Wiring


def version_of(wiring: Wiring, key: str, number: int) -> Programme:
    """The programme as one version of a round had it. Raises Unknown for a number that the round does not have."""
    with wiring.looking() as session:
        found = _versions(session, key)
        one = next((version for version in found if version.number == number), None)
        if one is None:
            raise Unknown(f"version of {key}", str(number), (str(version.number) for version in found))
        return wiring.text_of(session, one.digest)


def _versions(session: Session, key: str) -> list[Version]:
    return versions_of(session, find_round(session, key))


def versions(context: typer.Context, round_name: RoundName, as_json: Json = False) -> None:
    """The versions of a round's rules and dates: since when, by whom, and why.

    Example: grantcycle versions small-grants/2030
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    zone = wiring.zone_of(key)
    with wiring.looking() as session:
        found = _versions(session, key)
    if as_json:
        shown = [
            {
                "version": one.number, **both("since", one.since, zone), "by": one.by, "reason": one.reason,
                "mapped": dict(one.mapped), "dossiers": one.dossiers,
                "rewordings": one.rewordings,
            }
            for one in found
        ]  # fmt: skip
        console.show_json({"round": key, "timezone": zone, "versions": shown})
        return
    console.show_table(
        f"{key}, local times of {zone}", ("version#", "since", "by", "why", "letters reworded#"),
        (
            (one.number, local(one.since, zone), one.by, one.reason or "as it was opened", one.rewordings or None)
            for one in found
        ),
    )  # fmt: skip
    console.say(f"Read one with grantcycle read {key} --version NUMBER, or draw it with grantcycle draw.")
