"""What can people and the calendar do in a round? One transaction each.

`Cycle` is the only door to the engine: every act first lets the calendar catch up, so that what was due before it
has happened before it, however long the alarm slept.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from engine import events
from engine.cycle import acting, batches, due, extending, firing, importing, people, recording, verdicts, zone_data
from engine.cycle.acting import Upload
from engine.cycle.batches import Planned, Preview
from engine.cycle.deadlines import put_agenda
from engine.cycle.importing import Imported
from engine.cycle.opening import put_round
from engine.cycle.scene import Scene, Shelf
from engine.cycle.telling import Notify, Told
from engine.cycle.watched import dossiers_moved, tell_of_firing, watched
from engine.database import holds
from engine.database.connection import Database
from engine.database.records import RoundRow
from engine.database.store import claim_round, lock_round
from engine.database.watch import Watch
from engine.errors import Refused
from engine.faults import point
from engine.files.reading import Programme
from engine.rules.roles import must_be_staff

__all__ = ["Cycle", "Imported", "Notify", "Planned", "Preview", "Told", "Upload"]

SETTLE = 30_000_000
"""how long after a close the calendar waits, so that nobody is late because the machine was slow (microseconds)"""


class Cycle:
    """The acts of people and of the calendar. `now` is always an instant in UTC microseconds, `by` an address.

    While something is held nothing fires; acts go on, without what is due before them. `watch` looks before anything
    fires whether something must be, and may refuse acts altogether. `shelf` holds the programmes that have been read,
    where others in the process read them too.
    """

    def __init__(
        self,
        database: Database,
        notify: Notify,
        settle: int = SETTLE,
        shelf: Shelf | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.database = database
        self.notify = notify
        self.settle = settle
        self.watch = watch
        self._shelf = shelf or Shelf()

    # ── The calendar ────────────────────────────────────────────────────────

    def open_round(self, programme: Programme, round_name: str, *, by: str, now: int, as_of: int | None = None) -> None:
        """Bring a round into the database on the programme's rules as they stand, which it keeps.

        Nothing that was due before `as_of` fires: it happened elsewhere. Raises what `put_round` raises.
        """
        with self.database.transaction() as session:
            row = put_round(session, programme, round_name, now=now, as_of=as_of, settle=self.settle)
            point("round put")
            scene = self._scene(session, row.key, now)
            for deadline in put_agenda(scene):
                if as_of is not None and deadline.due_at < as_of:
                    firing.end(scene, deadline, "elsewhere")
            point("agenda put")
            scene.note("round opened", by, round=row.key, digest=row.digest, as_of=as_of)
            scene.finish()

    def advance(
        self, now: int, each: Callable[[], object] = lambda: None, *, despite: str | None = None
    ) -> int | None:
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
                point("worked out again")
                scene.finish()

    def _is_held(self, despite: str | None = None) -> bool:
        """Whether nothing may fire now."""
        if self.watch:
            self.watch.look()
            if self.watch.refusal:
                return True
        with self.database.reading() as session:
            return holds.standing(session, despite) is not None

    def _catch_up(
        self,
        round_key: str,
        now: int,
        each: Callable[[], object] = lambda: None,
        *,
        wait: bool = False,
        despite: str | None = None,
    ) -> None:
        """Fire what is due in a round; without `wait`, leave it to whoever is at work there already."""
        while True:
            with self.database.transaction() as session:
                if wait:
                    lock_round(session, round_key)
                elif not claim_round(session, round_key):
                    return
                point("round held")
                scene = self._scene(session, round_key, now)
                deadline = due.next_due(session, scene.round_id, now)
                if deadline is None or holds.standing(session, despite):
                    return
                point("due deadline read")
                begun = time.perf_counter()
                fired = due.alike(session, deadline)
                for one in fired:
                    firing.fire(scene, one)
                point("deadline fired")
                scene.finish()
                moved = dossiers_moved(session, scene.round_id) if events.watched() else 0
            point("caught up by one")
            for one in fired:
                tell_of_firing(round_key, one, moved, now, begun)
            each()

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
    ) -> None:
        """Move a deadline for all or for one dossier. Raises what `extending.extend` raises."""
        with self._act(round_key, now) as scene:
            of = scene.dossier(dossier) if dossier else None
            extending.extend(scene, moment, to, reason=reason, by=by, dossier=of)

    # ── What is held ────────────────────────────────────────────────────────

    def batches(self, round_key: str, now: int) -> Sequence[Preview]:
        """Every batch of a round as it would go now."""
        with self.database.reading() as session:
            scene = self._scene(session, round_key, now)
            return [batches.preview(scene, batch) for batch in batches.batches(scene)]

    def preview(self, round_key: str, batch: str, now: int) -> Preview:
        """What a batch holds now: every move, its letters, and who has approved it."""
        with self.database.reading() as session:
            return batches.preview(self._scene(session, round_key, now), batch)

    @watched
    def approve(self, round_key: str, batch: str, *, by: str, now: int) -> None:
        """Approve a batch as it stands; if its moment has come and all needed have approved, it goes now."""
        with self._act(round_key, now) as scene:
            released = batches.approve(scene, batch, by=by)
            if released and (hold := holds.standing(scene.session)):
                raise Refused([holds.refusal_of(hold)])
            for deadline in released:
                firing.fire(scene, deadline, released=True)

    @watched
    def revoke(self, round_key: str, batch: str, *, by: str, now: int) -> None:
        """Take an approval back before the batch has gone."""
        with self._act(round_key, now) as scene:
            batches.revoke(scene, batch, by=by)

    # ── People and dossiers ─────────────────────────────────────────────────

    @watched
    def add_person(
        self,
        round_key: str,
        *,
        email: str,
        name: str,
        language: str,
        role: str,
        chair: bool = False,
        by: str,
        now: int,
    ) -> None:
        """Give a person a part in a round."""
        with self._act(round_key, now) as scene:
            people.add_role(scene, email=email, name=name, language=language, role=role, chair=chair, by=by)

    @watched
    def start_dossier(
        self,
        round_key: str,
        *,
        organisation: str,
        email: str,
        name: str,
        language: str,
        by: str,
        now: int,
        number: str | None = None,
        state: str | None = None,
        received_at: int | None = None,
    ) -> str:
        """Start a dossier with its first contact and give its number."""
        with self._act(round_key, now) as scene:
            dossier = acting.start_dossier(
                scene, organisation=organisation, email=email, name=name, language=language, by=by,
                number=number, state=state, received_at=received_at,
            )  # fmt: skip
            return dossier.number

    @watched
    def import_dossiers(self, round_key: str, rows: Sequence[Imported], *, by: str, now: int) -> Sequence[str]:
        """Bring in many dossiers, all or none, and give their numbers."""
        with self._act(round_key, now) as scene:
            return importing.import_dossiers(scene, rows, by=by)

    @watched
    def add_contact(
        self, round_key: str, number: str, *, email: str, name: str, language: str, by: str, now: int
    ) -> None:
        """Let one more person speak for a dossier; a contact of it, or staff, says so."""
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)
            standing = people.standing_of(scene, scene.person(by), dossier)
            if not standing.contact:
                acting.refuse([must_be_staff(standing)])
            person = people.put_person(scene, email=email, name=name, language=language)
            people.add_contact(scene, dossier, person)
            scene.note("contact added", by, dossier=dossier, contact=person.email)

    @watched
    def answer(
        self,
        round_key: str,
        number: str,
        answers: Mapping[str, Any],
        *,
        by: str,
        now: int,
        files: Mapping[str, Upload] | None = None,
    ) -> None:
        """Store answers to a dossier's form, files included."""
        with self._act(round_key, now) as scene:
            given = {**answers, **acting.store_uploads(scene, files or {})}
            acting.answer(scene, scene.dossier(number), given, by=by)

    @watched
    def act(
        self,
        round_key: str,
        number: str,
        transition: str,
        *,
        by: str,
        now: int,
        reason: str | None = None,
        answers: Mapping[str, Any] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> str:
        """Carry out a transition, with last answers or without, and give the new state; refused, nothing is kept."""
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)
            if answers or files:
                acting.answer(scene, dossier, {**(answers or {}), **acting.store_uploads(scene, files or {})}, by=by)
            return acting.act(scene, dossier, transition, by=by, reason=reason)

    # ── Records ─────────────────────────────────────────────────────────────

    @watched
    def score(self, round_key: str, number: str, marks: Mapping[str, float], *, by: str, now: int) -> None:
        """A member's marks, by criterion."""
        with self._act(round_key, now) as scene:
            recording.score(scene, scene.dossier(number), marks, by=by)

    @watched
    def recommend(self, round_key: str, number: str, words: str, *, by: str, now: int) -> None:
        """A member's written recommendation."""
        with self._act(round_key, now) as scene:
            recording.recommend(scene, scene.dossier(number), words, by=by)

    @watched
    def declare_conflict(self, round_key: str, number: str, *, by: str, now: int, reason: str | None = None) -> None:
        """A committee member steps back from a dossier."""
        with self._act(round_key, now) as scene:
            recording.declare_conflict(scene, scene.dossier(number), by=by, reason=reason)

    @watched
    def verdict(
        self, round_key: str, number: str, transition: str, *, by: str, now: int, reason: str | None = None
    ) -> None:
        """The committee's verdict: it stands until its moment, and may be replaced until then."""
        with self._act(round_key, now) as scene:
            verdicts.record_verdict(scene, scene.dossier(number), transition, by=by, reason=reason)

    @watched
    def attend(self, round_key: str, number: str, meeting: str, *, by: str, now: int) -> None:
        """Somebody came to a meeting for a dossier."""
        with self._act(round_key, now) as scene:
            recording.attend(scene, scene.dossier(number), meeting, by=by)

    @watched
    def excuse(self, round_key: str, number: str, of: str, *, reason: str, by: str, now: int) -> None:
        """A dossier is excused from a meeting or an obligation."""
        with self._act(round_key, now) as scene:
            recording.excuse(scene, scene.dossier(number), of, reason=reason, by=by)

    @watched
    def deliver(
        self,
        round_key: str,
        number: str,
        deliverable: str,
        answers: Mapping[str, Any],
        *,
        by: str,
        now: int,
        files: Mapping[str, Upload] | None = None,
    ) -> None:
        """A deliverable is handed in."""
        with self._act(round_key, now) as scene:
            given = {**answers, **acting.store_uploads(scene, files or {})}
            recording.deliver(scene, scene.dossier(number), deliverable, given, by=by)

    # ── Looking ─────────────────────────────────────────────────────────────

    def look(self, session: Session, round_key: str, now: int) -> Scene:
        """A round as it stands, for somebody who reads. Raises Unknown when no such round is open."""
        return self._scene(session, round_key, now)

    # ── Inside ──────────────────────────────────────────────────────────────

    def _scene(self, session: Session, key: str, now: int) -> Scene:
        return Scene(session, key, now, self._shelf, self.notify, self.settle)

    @contextmanager
    def _act(self, round_key: str, now: int) -> Iterator[Scene]:
        """One act: the calendar catches up, then one transaction, in which everything or nothing is written."""
        while True:
            if self.watch and (refusal := self.watch.refusal):
                raise Refused([refusal])
            with self.database.transaction() as session:
                lock_round(session, round_key)
                scene = self._scene(session, round_key, now)
                # asked in the act's own transaction, so nothing can become due between the question and the act
                if due.next_due(session, scene.round_id, now) is None or holds.standing(session):
                    point("act begun")
                    yield scene
                    point("act done")
                    scene.finish()
                    return
            point("catching up before an act")
            if not self._is_held():
                self._catch_up(round_key, now, wait=True)
