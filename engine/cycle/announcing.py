"""Who hears an announcement?"""

from collections.abc import Mapping
from typing import Any

from engine.cycle.scene import Scene
from engine.database.store import contacts_concerned
from engine.rules.workflow import EVERYONE, Letters


def announce(
    scene: Scene,
    cause: str,
    tell: Letters,
    about: tuple[str, ...],
    *,
    at: int,
    leaves_at: int | None,
    extras: Mapping[str, Any] | None = None,
) -> None:
    """Tell everyone who asked to be told, or with `about` who speaks for a dossier in these states; and the others.

    `at` and `leaves_at` (None: at once) are UTC microseconds; `extras` is what the letters may use besides.
    """
    others = dict(tell)
    if about:
        letter = others.pop(EVERYONE)
        for person in contacts_concerned(scene.session, scene.round_id, about):
            scene.tell_person(
                cause, letter, person, role=EVERYONE, facts={"concerned": True, **(extras or {})}, at=at,
                leaves_at=leaves_at,
            )  # fmt: skip
    if others:
        scene.tell(cause, others, at=at, leaves_at=leaves_at, extras=extras)
