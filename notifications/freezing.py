"""How does a letter in the outbox become the bytes that are sent, and stay them?

A letter is put into words from what was pinned, once; what was frozen is what is sent, however often. Of a letter with
secrets all but these is frozen (see unveiling).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from engine.calendars.entry import Party
from engine.cycle.scene import Shelf
from engine.database.connection import inserting
from engine.database.records import ACCOUNT, CauseRow, DossierRow, LetterRow, NotificationRow, RoundRow
from engine.errors import GrantcycleError
from engine.faults import point
from engine.files.reading import Programme
from notifications.edited import Edited, edits_of
from notifications.facts import INVITATION, STOP
from notifications.invitations import entry_of
from notifications.lease import Leased
from notifications.message import Envelope, Letter, compose
from notifications.outbox import message_id
from notifications.recipients import read_address
from notifications.rendering import TEST, Renderer
from notifications.secrets import BLANKED
from notifications.shipped import Shipped, read_shipped

MOST_SIGNS = 1_000_000
"""of all that people typed for one letter: more is no letter, and would hold up the others"""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words, and exactly as it is sent."""

    letter: Letter
    raw: bytes


@dataclass(frozen=True, slots=True)
class Pinned:
    """What some letters are written from: what is frozen of them already, their causes, rounds and dossiers."""

    frozen: dict[int, bytes]
    causes: dict[int, tuple[Programme | Shipped, dict[str, Any]]]
    rounds: dict[int, tuple[str, int]]
    """round -> its key, and when it was opened"""
    numbers: dict[int, str]
    """dossier -> its number"""
    edits: dict[int, Edited]
    """letter -> its own text, where it was written by hand"""


def read_pinned(session: Session, shelf: Shelf, rows: Sequence[Leased | NotificationRow]) -> Pinned:
    """What these letters are written from."""
    causes = _by_id(session, (CauseRow.id, CauseRow.digest, CauseRow.facts), {row.cause_id for row in rows})
    ours = {row.cause_id for row in rows if row.role == ACCOUNT}
    rounds = _by_id(
        session,
        (RoundRow.id, RoundRow.key, RoundRow.opened_at),
        {row.round_id for row in rows if row.round_id is not None},
    )
    dossiers = {row.dossier_id for row in rows if row.dossier_id is not None}
    return Pinned(
        frozen=read_frozen(session, [row.id for row in rows if row.id is not None]),
        causes={
            id: (read_shipped(session, digest) if id in ours else shelf.get(session, digest).programme, facts)
            for id, digest, facts in causes
        },
        rounds={id: (key, opened_at) for id, key, opened_at in rounds},
        numbers=dict(_by_id(session, (DossierRow.id, DossierRow.number), dossiers)),
        edits=edits_of(session, [row.id for row in rows if row.id is not None]),
    )


def _by_id(session: Session, wanted: Sequence[Any], ids: Collection[int]) -> Iterable[Any]:
    return session.connection().execute(select(*wanted).where(wanted[0].in_(ids))).all() if ids else ()


def put_into_words(
    pinned: Pinned,
    renderer: Renderer,
    sender: Address,
    row: Leased | NotificationRow,
    now: int,
    secrets: Mapping[str, str] = BLANKED,
) -> Written:
    """A notification as a letter of `now`, with the secrets that it may hold. Raises GrantcycleError when it cannot be
    one."""
    if (signs := _signs(row.facts)) > MOST_SIGNS:
        raise GrantcycleError(f"the letter would say {signs:,} signs, and at most {MOST_SIGNS:,} are sent")
    texts, shared = pinned.causes[row.cause_id]
    address, name, entry = read_address(row.address), row.facts["person"]["name"], None
    if isinstance(texts, Shipped):
        letter = renderer.render_account(
            texts, letter=row.letter, language=row.language, shared=shared, facts=row.facts, secrets=secrets
        )
    else:
        letter = renderer.render(
            texts, letter=row.letter, language=row.language, role=row.role, shared=shared, facts=row.facts,
            edited=pinned.edits.get(row.id or 0),
        )  # fmt: skip
        # a test would put somebody else's meeting into the calendar of whoever asked for it
        if INVITATION in row.facts and TEST not in row.facts:
            names = renderer.names_of(texts, row.language, shared, row.facts)
            entry = entry_of(
                names, row.facts[INVITATION], row.language, to=Party(name, address), sender=sender,
                contact=renderer.contact, now=now,
            )  # fmt: skip
    envelope = Envelope(
        sender=sender,
        reply_to=renderer.contact,
        name=name,
        address=address,
        language=row.language,
        message_id=row.message_id,
        written_at=now,
        thread=_thread(pinned, sender, row),
        stop=f"{renderer.site}{row.facts[STOP]}" if renderer.site and STOP in row.facts else "",
    )
    return Written(letter, compose(letter, envelope, entry=entry))


def _thread(pinned: Pinned, sender: Address, row: Leased | NotificationRow) -> str | None:
    """What ties the letters about one dossier together, or about one invitation that is about none."""
    if row.round_id is None:
        return None
    key, opened_at = pinned.rounds[row.round_id]
    if row.dossier_id is not None:
        return message_id(opened_at, f"{key} {pinned.numbers[row.dossier_id]}", sender.domain)
    if INVITATION in row.facts:
        return message_id(opened_at, f"{key} invitation {row.facts[INVITATION]['uid']}", sender.domain)
    return None


def _signs(facts: object) -> int:
    """How much text stands in some facts."""
    if isinstance(facts, str):
        return len(facts)
    parts = facts.values() if isinstance(facts, dict) else facts if isinstance(facts, list) else ()
    return sum(map(_signs, parts))


def write(
    session: Session, renderer: Renderer, shelf: Shelf, sender: Address, row: NotificationRow, now: int
) -> Written:
    """A notification put into words, as of `now`, from what was pinned. Raises GrantcycleError when it cannot be."""
    return put_into_words(read_pinned(session, shelf, [row]), renderer, sender, row, now)


def read_frozen(session: Session, ids: Sequence[int]) -> dict[int, bytes]:
    """letter -> the bytes that are sent, of those that are frozen."""
    wanted = select(col(LetterRow.notification_id), col(LetterRow.raw))
    rows = session.connection().execute(wanted.where(col(LetterRow.notification_id).in_(ids))).all()
    return {letter: raw for letter, raw in rows}  # noqa: C416  dict() of rows is lost on mypy


def first_written(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """letter -> the instant as of which it is put into words, of those that are frozen."""
    wanted = select(col(LetterRow.notification_id), col(LetterRow.written_at))
    rows = session.connection().execute(wanted.where(col(LetterRow.notification_id).in_(ids))).all() if ids else ()
    return {letter: at for letter, at in rows}  # noqa: C416  dict() of rows is lost on mypy


def freeze(session: Session, written: Sequence[tuple[Leased, Written]], now: int) -> dict[int, bytes]:
    """Freeze letters, and give what is sent of each: what another worker froze first stays."""
    point("letter freezing")
    rows = [
        {
            "notification_id": row.id,
            "subject": one.letter.subject,
            "text": one.letter.text,
            "html": one.letter.html,
            "raw": one.raw,
            "written_at": now,
        }
        for row, one in written
    ]
    if not rows:
        return {}
    kept = session.connection().execute(inserting(session, LetterRow).on_conflict_do_nothing(), rows)
    if kept.rowcount == len(rows):
        return {row.id: one.raw for row, one in written}
    return read_frozen(session, [row.id for row, _ in written])
