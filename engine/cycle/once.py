"""Has this form been sent before, and what came of it?

A double click, a button pressed again after going back, a browser that asks once more because the answer was lost: all
send the key that was drawn with the form. The key is kept in the act's own transaction, so there is no act without it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from engine.cycle.acting import Upload
from engine.cycle.scene import Scene
from engine.database.connection import inserting
from engine.database.records import OnceRow
from engine.errors import Refusal, Refused
from engine.faults import point

LONGEST = 200
"""characters of a key"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: which act on what (`act SG30-001 submit`), by whom, and all that was given."""

    key: str | None
    act: str
    by: str
    given: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 over what was given."""
        text = json.dumps(dict(self.given), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def actor(self) -> str:
        return self.by.strip().lower()


def digests_of(files: Mapping[str, Upload] | None) -> dict[str, list[str]]:
    """Files as they are told from others: by name and content."""
    return {name: [one.name, one.digest] for name, one in (files or {}).items()}


def once(scene: Scene, sent: Sent, do: Callable[[], str]) -> str:
    """What `do` gives, which is done unless its key stands there: then what it gave the first time, and nothing more.

    Raises Refused when the key belongs to another act, to another person, or to a form with other contents.
    """
    if sent.key is None:
        return do()
    if not sent.key.strip() or len(sent.key) > LONGEST:
        raise Refused([Refusal("once", "this form has no key by which it could be told from others; open it again")])
    taken = scene.session.connection().execute(
        inserting(scene.session, OnceRow)
        .values(
            key=sent.key, round_id=scene.round_id, act=sent.act, actor=sent.actor, given=sent.digest, outcome="",
            at=scene.now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(OnceRow.id))
    ).first()  # fmt: skip
    point("key taken")
    if taken is None:
        return _first_outcome(scene, sent)
    outcome = do()
    scene.session.connection().execute(
        update(OnceRow).where(col(OnceRow.key) == sent.key).values(outcome=outcome)
    )
    point("outcome kept")
    return outcome


def _first_outcome(scene: Scene, sent: Sent) -> str:
    row = scene.session.exec(select(OnceRow).where(col(OnceRow.key) == sent.key)).one()
    if (row.round_id, row.act, row.actor) != (scene.round_id, sent.act, sent.actor):
        raise Refused([Refusal("once", "the key of this form belongs to another form; open it again")])
    if row.given != sent.digest:
        sentence = (
            "this form was sent before with other contents, and these were kept: "
            "look at them, and open it again"
        )
        raise Refused([Refusal("once", sentence)])
    return row.outcome
