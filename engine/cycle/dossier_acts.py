"""What can people do about dossiers, and about who takes part? One transaction each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.cycle import (
    acting,
    asking,
    assigning,
    importing,
    keeping_away,
    messages,
    notes,
    people,
    recording,
    strands,
)
from engine.cycle import clocks as clocks_of_dossiers
from engine.cycle.acting import Upload
from engine.cycle.door import Door
from engine.cycle.importing import Imported
from engine.cycle.messages import Message
from engine.cycle.once import Sent, digests_of
from engine.cycle.once import once as sent_once
from engine.cycle.people import PartGiven, TellOfFactor
from engine.cycle.reasons import refuse
from engine.cycle.seen import as_seen, must_be_as_seen
from engine.cycle.watched import watched
from engine.database import subscriptions
from engine.database.store import the_id
from engine.errors import Unknown
from engine.faults import point
from engine.rules.roles import must_be_staff
from engine.rules.workflow import EVERYONE


class DossierActs(Door):
    """The acts of applicants, and of staff for them. `now` is an instant in UTC microseconds, `by` an address.

    `seen` is how far the journal went when the page was shown from which somebody acts (`journal_position`): whatever
    has happened to the dossier since, the act is refused with ChangedSince.
    """

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
        scope: str = "",
        by: str,
        now: int,
    ) -> None:
        """Give a person a part in a round; of committees of which there is one each, in that of `scope`, or in all."""
        with self._act(round_key, now) as scene:
            people.add_role(
                scene, email=email, name=name, language=language, role=role, chair=chair, by=by, scope=scope
            )
            if role in scene.workflow.committees:
                keeping_away.keep_member_away(scene, scene.person(email), by=by)

    @watched
    def add_people(self, round_key: str, parts: Sequence[PartGiven], *, by: str, now: int) -> None:
        """Staff give several people their parts in a round: all of them, or nobody; whoever has one keeps it."""
        with self._act(round_key, now) as scene:
            refuse([must_be_staff(people.standing_of(scene, scene.person(by)))])
            for part in parts:
                people.give(scene, part, by=by)
                if part.role in scene.workflow.committees:
                    keeping_away.keep_member_away(scene, scene.person(part.email), by=by)

    @watched
    def forget_factor(self, round_key: str, *, email: str, by: str, now: int, tell: TellOfFactor) -> int:
        """Staff take a second factor away that was lost, and sign its owner out everywhere."""
        with self._act(round_key, now) as scene:
            return people.forget_factor(scene, email=email, by=by, tell=tell)

    @watched
    def remove_role(self, round_key: str, *, email: str, role: str, by: str, now: int, scope: str = "") -> None:
        """Take a part in a round away from somebody; what they recorded stays, what they were assigned ends."""
        with self._act(round_key, now) as scene:
            people.remove_role(scene, email=email, role=role, by=by, scope=scope)
            assigning.end_assignments(scene, scene.person(email), by=by, committee=role)

    @watched
    def subscribe(
        self, round_key: str, *, email: str, language: str, now: int, name: str = "", nonce: str = ""
    ) -> None:
        """Somebody asks for themselves to be told of the round (`everyone`); once is enough.

        With a `nonce`, of every round of the programme that opens from now on too: it is ended by it.
        """
        with self._act(round_key, now) as scene:
            people.add_role(scene, email=email, name=name, language=language, role=EVERYONE, chair=False, by=email)
            if nonce:
                person = the_id(scene.person(email))
                subscriptions.begin(scene.session, scene.workflow.programme, person, nonce=nonce, now=now)
                point("subscribed")

    @watched
    def leave(self, round_key: str, *, by: str, now: int) -> None:
        """Somebody asks to be told of the round no more. Raises Refused when they are not."""
        with self._act(round_key, now) as scene:
            people.remove_role(scene, email=by, role=EVERYONE, by=by)
            subscription = subscriptions.standing(
                scene.session, scene.workflow.programme, the_id(scene.person(by))
            )
            if subscription:
                subscription.ended_at = now
                scene.session.add(subscription)
                point("unsubscribed")

    def unsubscribe(self, nonce: str, *, now: int) -> None:
        """Whoever has a letter asks to be told of its programme no more, in any round; once is enough.

        Raises Unknown for a nonce that stands in no letter.
        """
        with self.database.transaction() as session:
            found = subscriptions.of_nonce(session, nonce)
            if found is None:
                raise Unknown("subscription", nonce)
            subscription, person = found
            keys = subscriptions.rounds_told(session, subscription.programme, the_id(person))
            if subscription.ended_at is None:
                subscription.ended_at = now
                session.add(subscription)
                point("unsubscribed by a letter")
        for key in keys:
            with self._act(key, now) as scene:
                if EVERYONE in people.standing_of(scene, person).roles:
                    people.remove_role(scene, email=person.email, role=EVERYONE, by=person.email)

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
        strand: str | None = None,
        clocks: str | None = None,
        once: str | None = None,
    ) -> str:
        """Start a dossier with its first contact and give its number; `organisation` and `name` may come later.

        `strand` is where it stands, and is asked for where the rules have any; `clocks` is the time zone by which it
        goes where phases go by that of the applicant, the round's if left out.

        `once` is the key of the form: sent again it gives the same number, and starts nothing.
        """
        given = {
            "organisation": organisation, "email": email, "name": name, "language": language, "number": number,
            "state": state, "received_at": received_at, "strand": strand, "clocks": clocks,
        }  # fmt: skip
        with self._act(round_key, now) as scene:
            return sent_once(
                scene,
                Sent(once, "start_dossier", by, given),
                lambda: acting.start_dossier(
                    scene, organisation=organisation, email=email, name=name, language=language, by=by,
                    number=number, state=state, received_at=received_at, strand=strand, clocks=clocks,
                ).number,
            )  # fmt: skip

    @watched
    def import_dossiers(self, round_key: str, rows: Sequence[Imported], *, by: str, now: int) -> Sequence[str]:
        """Bring in many dossiers, all or none, and give their numbers."""
        with self._act(round_key, now) as scene:
            return importing.import_dossiers(scene, rows, by=by)

    @watched
    def change_strand(
        self, round_key: str, number: str, strand: str, *, by: str, now: int, reason: str | None = None,
        seen: int | None = None,
    ) -> None:
        """Staff put a dossier into another strand, with a reason."""
        with self._act(round_key, now) as scene:
            strands.change_strand(scene, as_seen(scene, number, seen), strand, by=by, reason=reason)

    @watched
    def change_clocks(
        self, round_key: str, number: str, zone: str, *, by: str, now: int, seen: int | None = None
    ) -> None:
        """Have a dossier go by another time zone, where phases go by that of its applicant."""
        with self._act(round_key, now) as scene:
            clocks_of_dossiers.change_clocks(scene, as_seen(scene, number, seen), zone, by=by)

    @watched
    def add_contact(
        self, round_key: str, number: str, *, email: str, name: str, language: str, by: str, now: int,
        seen: int | None = None,
    ) -> None:
        """Let one more person speak for a dossier; a contact of it, or staff, says so."""
        with self._act(round_key, now) as scene:
            dossier = as_seen(scene, number, seen)
            standing = people.standing_of(scene, scene.person(by), dossier)
            if not standing.contact:
                refuse([must_be_staff(standing)])
            person = people.put_person(scene, email=email, name=name, language=language)
            people.add_contact(scene, dossier, person)
            scene.note("contact added", by, dossier=dossier, contact=person.email)

    @watched
    def remove_contact(
        self, round_key: str, number: str, *, email: str, by: str, now: int, seen: int | None = None
    ) -> None:
        """End somebody's access to a dossier, never that of the last who speaks for it."""
        with self._act(round_key, now) as scene:
            people.remove_contact(scene, as_seen(scene, number, seen), email=email, by=by)

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
        digests_of(files)  # before the round is held
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
        once: str | None = None,
        seen: int | None = None,
    ) -> str:
        """Carry out a transition, with last answers or without, and give the new state; refused, nothing is kept.

        Among the answers stands the new value of what the transition `sets`, under its name (`strand`, or a question).
        `once` is the key of the form: sent again it gives the state that was entered then, and moves nothing.
        """
        given = {"answers": answers or {}, "files": digests_of(files), "reason": reason}
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)

            def do() -> str:
                must_be_as_seen(scene, [dossier], seen)
                rule = scene.workflow.transitions.get(transition)
                sets = rule.sets if rule else None
                rest = {name: one for name, one in (answers or {}).items() if name != sets}
                if rest or files:
                    uploaded = acting.store_uploads(scene, files or {})
                    acting.answer(scene, dossier, {**rest, **uploaded}, by=by)
                value = (answers or {}).get(sets) if sets else None
                return acting.act(scene, dossier, transition, by=by, reason=reason, value=value)

            return sent_once(scene, Sent(once, f"act {number} {transition}", by, given), do)

    @watched
    def introduce(
        self, round_key: str, number: str, *, organisation: str | None = None, name: str | None = None, by: str,
        now: int,
    ) -> None:
        """A contact says on whose behalf a draft is written, and what she herself is called; None changes nothing."""
        with self._act(round_key, now) as scene:
            people.introduce(scene, scene.dossier(number), organisation=organisation, name=name, by=by)

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
        once: str | None = None,
    ) -> None:
        """A deliverable is handed in. `once` is the key of the form: sent again, nothing more is handed in."""
        given = {"answers": answers, "files": digests_of(files)}
        with self._act(round_key, now) as scene:

            def do() -> str:
                handed_in = {**answers, **acting.store_uploads(scene, files or {})}
                recording.deliver(scene, scene.dossier(number), deliverable, handed_in, by=by)
                return "delivered"

            sent_once(scene, Sent(once, f"deliver {number} {deliverable}", by, given), do)

    @watched
    def ask_extension(
        self, round_key: str, number: str, *, of: str, to: date | None = None, reason: str, by: str, now: int
    ) -> int:
        """A contact asks for a later deadline, and gets the number of the request; staff answer it."""
        with self._act(round_key, now) as scene:
            return asking.ask_extension(scene, scene.dossier(number), of, to=to, reason=reason, by=by)

    @watched
    def answer_extension(
        self, round_key: str, request: int, *, granted: bool, words: str, by: str, now: int, to: date | None = None
    ) -> None:
        """Staff grant a later deadline that was asked for (until `to`, or the day that was asked for), or refuse it."""
        with self._act(round_key, now) as scene:
            asking.answer_extension(scene, request, granted=granted, words=words, by=by, to=to)

    @watched
    def message(
        self, round_key: str, numbers: Sequence[str], message: Message, *, by: str, now: int, once: str | None = None
    ) -> int:
        """Staff write to all who speak for some dossiers; gives to how many dossiers.

        `once` is the key of the form: sent again, nobody is written to again.
        """
        given = {"numbers": sorted(set(numbers)), "message": message}
        with self._act(round_key, now) as scene:
            sent = Sent(once, "message", by, given)
            return int(sent_once(scene, sent, lambda: str(messages.write(scene, numbers, message, by=by))))

    @watched
    def write_note(
        self, round_key: str, number: str, words: str, *, by: str, now: int, once: str | None = None
    ) -> int:
        """Staff write a note on a dossier, for each other, and get its number; `once` is the key of the form."""
        with self._act(round_key, now) as scene:
            dossier = scene.dossier(number)
            sent = Sent(once, f"note {number}", by, {"words": words})
            return int(sent_once(scene, sent, lambda: str(notes.write_note(scene, dossier, words, by=by))))

    @watched
    def replace_note(self, round_key: str, number: str, note: int, words: str, *, by: str, now: int) -> int:
        """Staff change a note, unless somebody else was first; gives the number of the new one."""
        with self._act(round_key, now) as scene:
            return notes.replace_note(scene, scene.dossier(number), note, words, by=by)

    @watched
    def remove_note(self, round_key: str, number: str, note: int, *, by: str, now: int) -> None:
        """Staff take a note away, unless somebody else has changed it; what stood there is kept."""
        with self._act(round_key, now) as scene:
            notes.remove_note(scene, scene.dossier(number), note, by=by)
