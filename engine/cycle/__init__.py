"""What can people and the calendar do in a round? One transaction each.

`Cycle` is the only door to the engine: every act first lets the calendar catch up, so that what was due before it
has happened before it, however long the alarm slept.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from engine import events
from engine.cycle import batches, due, extending, firing, meetings, seat_offers, zone_data
from engine.cycle.across_acts import AcrossActs
from engine.cycle.acting import Upload
from engine.cycle.batch_acts import BatchActs
from engine.cycle.batches import Planned, Preview
from engine.cycle.committee_acts import CommitteeActs
from engine.cycle.deadlines import put_agenda
from engine.cycle.dossier_acts import DossierActs
from engine.cycle.extension_acts import ExtensionActs
from engine.cycle.importing import Imported
from engine.cycle.mail_acts import MailActs
from engine.cycle.meeting_acts import MeetingActs
from engine.cycle.opening import put_round
from engine.cycle.order_acts import OrderActs
from engine.cycle.owed_acts import OwedActs
from engine.cycle.pay_acts import PayActs
from engine.cycle.people import PartGiven, enter_subscribers, give
from engine.cycle.presence_acts import PresenceActs
from engine.cycle.scene import Scene
from engine.cycle.seat_acts import SeatActs
from engine.cycle.seen import as_seen
from engine.cycle.telling import Notify, Told
from engine.cycle.text_acts import TextActs
from engine.cycle.version_acts import VersionActs
from engine.cycle.watched import watched
from engine.database import holds
from engine.database.preparing import drafts
from engine.database.records import RoundRow
from engine.database.store import lock_round
from engine.errors import Refused
from engine.faults import point
from engine.files.reading import Programme

__all__ = ["Cycle", "Imported", "Notify", "PartGiven", "Planned", "Preview", "Told", "Upload"]


class Cycle(
    DossierActs, OwedActs, CommitteeActs, ExtensionActs, BatchActs, TextActs, MeetingActs, OrderActs, SeatActs,
    MailActs, PresenceActs, VersionActs, AcrossActs, PayActs,
):  # fmt: skip
    """The acts of people and of the calendar. `now` is always an instant in UTC microseconds, `by` an address.

    While something is held nothing fires; acts go on, without what is due before them. `watch` looks before anything
    fires whether something must be, and may refuse acts altogether. `shelf` holds the programmes that have been read,
    where others in the process read them too.
    """

    # ── The calendar ────────────────────────────────────────────────────────

    def open_round(
        self,
        programme: Programme,
        round_name: str,
        *,
        by: str,
        now: int,
        as_of: int | None = None,
        people: Sequence[PartGiven] = (),
        draft: tuple[int, int] | None = None,
    ) -> None:
        """Bring a round into the database on the programme's rules as they stand, which it keeps.

        Nothing that was due before `as_of` fires: it happened elsewhere. The `people` have their parts from the
        beginning. A `draft` (its id, and when it was changed last) that it comes from is opened with it. Raises what
        `put_round` raises, and Refused when somebody has changed the draft meanwhile.
        """
        with self.database.transaction() as session:
            row = put_round(session, programme, round_name, now=now, as_of=as_of, settle=self.settle)
            point("round put")
            scene = self._scene(session, row.key, now)
            for deadline in put_agenda(scene):
                if as_of is not None and deadline.due_at < as_of:
                    firing.end(scene, deadline, "elsewhere")
            point("agenda put")
            meetings.lay_out(scene)
            scene.note("round opened", by, round=row.key, digest=row.digest, as_of=as_of)
            for part in people:
                give(scene, part, by=by)
            enter_subscribers(scene)
            if draft:
                drafts.end(session, draft[0], "opened", now, seen=draft[1])
            scene.finish()

    def advance(self, now: int, each: Callable[[], object] = lambda: None, *, despite: str | None = None) -> int | None:
        """Fire everything that is due, in order of time within each round, one transaction each, and `each` after it.

        Any number of processes may do so at once: each takes the rounds that nobody else is at work in. Gives the
        instant at which the next thing will be due, or None; one that is past means that somebody else was at work in
        a round, so that this one is to be asked for again. A round that fails does not delay another: its exception is
        raised when all others have been seen to. While everything is held (for another reason than `despite`) nothing
        fires, and it gives None.
        """
        failed: Exception | None = None
        if self._is_held(despite):
            return None
        with self.database.reading() as session:
            keys = due.rounds_due(session, now)
        point("advancing")
        for key in keys:
            try:
                self._catch_up(key, now, each, despite=despite)
            except Exception as problem:
                events.tell("round failed", round=key, problem=type(problem).__name__)
                failed = failed or problem
        point("advanced")
        if failed:
            raise failed
        with self.database.reading() as session:
            return due.next_instant(session)

    def due_after(self, now: int) -> int | None:
        """The first instant after `now` at which something will be due, whatever is overdue; or None."""
        with self.database.reading() as session:
            return due.next_instant(session, after=now)

    def work_out_again(self, now: int) -> None:
        """Work out what has not fired anew, in every round whose zone data have changed: at every start."""
        with self.database.reading() as session:
            keys = session.exec(select(RoundRow.key).order_by(col(RoundRow.id))).all()
        for key in keys:
            with self.database.transaction() as session:
                lock_round(session, key)
                scene = self._scene(session, key, now)
                point("working out again")
                zone_data.work_out_again(scene)
                meetings.lay_out(scene)
                meetings.work_out_again(scene)
                seat_offers.work_out_again(scene)
                point("worked out again")
                scene.finish()

    @watched
    def extend(
        self,
        round_key: str,
        moment: str,
        to: date | datetime,
        *,
        reason: str,
        by: str,
        now: int,
        dossier: str | None = None,
        seen: int | None = None,
        strand: str | None = None,
    ) -> None:
        """Move a deadline for all, for a strand or for one dossier (as it was `seen`).

        Raises what `extending.extend` raises.
        """
        with self._act(round_key, now) as scene:
            of = as_seen(scene, dossier, seen) if dossier else None
            extending.extend(scene, moment, to, reason=reason, by=by, dossier=of, strand=strand)

    # ── What is held ────────────────────────────────────────────────────────

    def batches(self, round_key: str, now: int) -> Sequence[Preview]:
        """Every batch of a round as it would go now."""
        with self.database.reading() as session:
            scene = self._scene(session, round_key, now)
            return [batches.preview(scene, batch) for batch in batches.begun(scene)]

    def preview(self, round_key: str, batch: str, now: int) -> Preview:
        """What a batch holds now: every move, its letters, and who has approved it."""
        with self.database.reading() as session:
            return batches.preview(self._scene(session, round_key, now), batch)

    @watched
    def approve(self, round_key: str, batch: str, *, by: str, now: int, shown: str | None = None) -> None:
        """Approve a batch as it stands; if its moment has come and all needed have approved, it goes now.

        With the digest of what was `shown` it is refused when it is another by now.
        """
        with self._act(round_key, now) as scene:
            released = batches.approve(scene, batch, by=by, shown=shown)
            if released and (hold := holds.standing(scene.session)):
                raise Refused([holds.refusal_of(hold)])
            for deadline in released:
                firing.fire(scene, deadline, released=True)

    @watched
    def revoke(self, round_key: str, batch: str, *, by: str, now: int) -> None:
        """Take an approval back before the batch has gone."""
        with self._act(round_key, now) as scene:
            batches.revoke(scene, batch, by=by)

    # ── Looking ─────────────────────────────────────────────────────────────

    def look(self, session: Session, round_key: str, now: int) -> Scene:
        """A round as it stands, for somebody who reads. Raises Unknown when no such round is open."""
        return self._scene(session, round_key, now)
