"""May this process let the calendar fire now?

Looks at the clock, at the other nodes and at the database itself: at the start, at every sweep, and before anything
fires. What it finds stands in the database (a hold, for all nodes) or in its own refusal (for this process alone).
"""

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Lock

import structlog
from sqlalchemy import delete, text, update
from sqlmodel import Session, col, select

from engine.clock import Clock, Look
from engine.clock_guard import has_come_back, is_jump, moved
from engine.database import copies, holds, nodes
from engine.database.connection import Database, insert_once
from engine.database.nodes import Node
from engine.database.records import HoldRow, LookRow
from engine.errors import Refusal
from engine.rules.moments import EPOCH, SECOND

log = structlog.get_logger()
MOST_AHEAD = 500_000
"""by how much this machine's clock may differ from the database's (microseconds)"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the clocks."""

    here: Look
    """this machine's"""
    record: Look
    """the one that the database goes by: PostgreSQL's own, or this machine's"""
    ahead: int | None
    """by how much this machine's is ahead of the database's for sure; None where they are one"""


class Watch:
    """The watch of one process over one database.

    `mark` is the file that remembers how far the database has come, or None to keep none. With a clock that stands
    still there is nothing to watch.
    """

    def __init__(self, database: Database, clock: Clock, node: Node, mark: Path | None = None) -> None:
        self.database = database
        self.clock = clock
        self.node = node
        self.mark = mark
        self._tables: str | None = None
        self._last: Look | None = None
        self._beaten: int | None = None
        self._refusal: Refusal | None = None
        self._started = False
        self._looking = Lock()

    def start(self) -> None:
        """Join the nodes, and hold everything if the clock or the database is not the one that was left; once.

        Raises GrantcycleError when a living node works with other zone data.
        """
        here = self.clock.look()
        if here is None or self._started:
            return
        with self._looking, self.database.transaction() as session:
            self._tables = nodes.tables_of(session)
            seen = self._measure(session, here)
            nodes.join(session, self.node, self._tables, seen.record.now, seen.ahead)
            known = copies.read_mark(self.mark) if self.mark else None
            if found := copies.suspicion(self.database, session, known):
                why, until = found
                self._hold(session, holds.RESTORED, f"{why}; see grantcycle restore --help", {"until": until}, seen)
        self._started = True
        self.look(beat=True)

    def look(self, *, beat: bool = False) -> None:
        """Look whether all is well; into the database only when a sweep is over, something is odd, or `beat` asks."""
        self.start()
        here = self.clock.look()
        if here is None:
            return
        with self._looking:
            odd = self._last is None or is_jump(moved(self._last, here))
            swept = self._beaten is None or here.passed - self._beaten >= 0.9 * self.node.sweep * SECOND
            self._last = here
            if odd or swept or beat or self._refusal:
                self._beat(here)
                self._beaten = here.passed

    @property
    def refusal(self) -> Refusal | None:
        """Why this process may neither fire nor take an act, as of the last look; None when it may.

        Raises what `start` raises, if nobody has started the watch.
        """
        self.start()
        return self._refusal

    def stop(self) -> None:
        """Leave the nodes, in good order."""
        if not self._started:
            return
        self.look(beat=True)
        with self.database.transaction() as session:
            nodes.leave(session, self.node)

    # ── Inside ──────────────────────────────────────────────────────────────

    def _beat(self, here: Look) -> None:
        with self.database.transaction() as session:
            found = nodes.tables_of(session)
            seen = self._measure(session, here)
            self._refusal = self._upgraded(found) or _skewed(seen)
            if self._refusal:
                log.error("this process neither fires nor takes acts", because=str(self._refusal))
            if found != (self._tables or found):
                return  # written by a newer version: hands off
            self._judge_clock(session, seen)
            nodes.beat(session, self.node, found, seen.record.now, seen.ahead)
            mark = copies.count(self.database, session, seen.record.now)
        self._keep(mark)

    def _keep(self, mark: copies.Mark) -> None:
        if self.mark is None:
            return
        try:
            copies.write_mark(self.mark, mark)
        except OSError as problem:
            # it guards against a rare mishap; to stop for it would be the greater one
            log.warning("a restored copy would not be noticed", file=str(self.mark), because=str(problem))

    def _measure(self, session: Session, here: Look) -> Seen:
        if not self.database.is_shared:
            return Seen(here, here, None)
        asked = self.clock.look() or here
        shown = session.connection().execute(
            text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")
        )  # fmt: skip
        record_now = int(shown.scalar_one())
        answered = self.clock.look() or here
        # the database looked at its clock somewhere between: only what lies outside both is a difference for sure
        ahead = max(asked.now - record_now, 0) or min(answered.now - record_now, 0)
        return Seen(answered, replace(answered, now=record_now), ahead)

    def _judge_clock(self, session: Session, seen: Seen) -> None:
        """Hold everything when the clock that the database goes by was set, and go on when it shows again what it did.

        Compared is with the last look of any process that found nothing wrong; while it is held, with the one before.
        """
        now = seen.record
        hold = holds.find_standing(session, holds.CLOCK)
        if hold:
            if has_come_back(Look(**hold.facts["trusted"]), hold.facts["moved_by"], now):
                holds.end(session, hold, "came back", now.now)
                put_look(session, now)
            return
        trusted = _trusted(session, now.boot)
        by = moved(trusted, now) if trusted else 0
        if trusted and is_jump(by):
            why = (
                f"the clock was set {'forward' if by > 0 else 'back'} by {_length(abs(by))}: "
                f"it shows {_shown(now.now)} where {_shown(now.now - by)} was expected; "
                "if it is right now, say so with grantcycle clock confirm, and if not, set it right"
            )
            self._hold(session, holds.CLOCK, why, {"moved_by": by, "trusted": asdict(trusted)}, seen)
            return
        put_look(session, now)

    def _hold(self, session: Session, kind: str, why: str, facts: dict[str, object], seen: Seen) -> None:
        log.error("everything that cannot be taken back is held", because=why)
        holds.put(session, kind, why, facts, seen.record.now)

    def _upgraded(self, found: str) -> Refusal | None:
        if self._tables is None:
            self._tables = found
        if found == self._tables:
            return None
        return Refusal(
            "upgraded",
            f"a newer grantcycle has brought the tables to {found}, and this process knows them at {self._tables}: "
            "it does nothing more; stop it and start the new version",
        )


def _skewed(seen: Seen) -> Refusal | None:
    if seen.ahead is None or abs(seen.ahead) <= MOST_AHEAD:
        return None
    return Refusal(
        "skew",
        f"the clock of this machine shows {_shown(seen.here.now)} and the database's {_shown(seen.record.now)}: "
        f"they may differ by {MOST_AHEAD // 1000} milliseconds. Have both machines follow the same time servers (NTP)",
    )


def _trusted(session: Session, boot: str) -> Look | None:
    """The last look that showed nothing wrong: since this start of the machine, or else of any."""
    row = session.exec(
        select(LookRow).order_by((col(LookRow.boot) == boot).desc(), col(LookRow.now).desc()).limit(1)
    ).first()
    return Look(row.now, row.passed, row.boot) if row else None


def put_look(session: Session, look: Look) -> None:
    """Trust a look at the clock."""
    insert_once(session, LookRow, [asdict(look)], "boot")
    session.connection().execute(
        update(LookRow).where(col(LookRow.boot) == look.boot).values(now=look.now, passed=look.passed)
    )


def trust_only(session: Session, look: Look | None) -> None:
    """Forget every look at the clock but this one: somebody has said that it is right."""
    session.connection().execute(delete(LookRow))
    if look:
        put_look(session, look)


def confirm_clock(watch: Watch, *, by: str) -> HoldRow:
    """Somebody on staff says that the clock is right as it is; everything goes on, and gives the hold that ended.

    Raises GrantcycleError when the clock is not held, Refused for somebody who is not on staff.
    """
    with watch.database.transaction() as session:
        here = watch.clock.look()
        seen = watch._measure(session, here) if here else None
        now = seen.record.now if seen else watch.clock.now()
        hold = holds.to_be_ended(session, holds.CLOCK, by)
        holds.end(session, hold, "confirmed", now, by)
        trust_only(session, seen.record if seen else None)
    return hold


def _shown(instant: int) -> str:
    return f"{EPOCH + timedelta(microseconds=instant):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"


def _length(microseconds: int) -> str:
    """A length of time in its two largest units: `1 hour 2 minutes`."""
    seconds, told = microseconds // SECOND, []
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, seconds = divmod(seconds, length)
        if number:
            told.append(f"{number} {unit}{'' if number == 1 else 's'}")
    return " ".join(told[:2])
