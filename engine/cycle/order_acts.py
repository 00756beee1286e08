"""What can people do about a day of slots? One transaction each."""

import json

from engine.cycle import running_order, slot_answers
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.order_invitations import Kind
from engine.cycle.order_plans import written
from engine.cycle.watched import watched
from engine.rules.running_order import Plan
from engine.rules.suggested_order import Wish


class OrderActs(Door):
    """The acts about running orders. `now` is an instant in UTC microseconds, `by` an address, `meeting` a name.

    `seen` is the digest of the order as the page showed it, `shown` that of the invitations. `once` is the key of the
    form: sent again it gives the same, and nobody hears anything twice.
    """

    @watched
    def change_order(
        self,
        round_key: str,
        meeting: str,
        plan: Plan,
        *,
        by: str,
        now: int,
        seen: str | None = None,
        shown: str | None = None,
        once: str | None = None,
    ) -> dict[Kind, int]:
        """Staff keep a plan as the running order of a meeting. Raises what `running_order.change_order` raises."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                return json.dumps(running_order.change_order(scene, meeting, plan, by=by, seen=seen, shown=shown))

            sent = Sent(once, f"change_order {meeting}", by, {"plan": written(plan)})
            counts: dict[Kind, int] = json.loads(sent_once(scene, sent, do))
            return counts

    @watched
    def publish_order(
        self,
        round_key: str,
        meeting: str,
        *,
        by: str,
        now: int,
        shown: str,
        seen: str | None = None,
        once: str | None = None,
    ) -> dict[Kind, int]:
        """Staff ask everybody to come by the running order. Raises what `running_order.publish` raises."""
        with self._act(round_key, now) as scene:

            def do() -> str:
                return json.dumps(running_order.publish(scene, meeting, by=by, seen=seen, shown=shown))

            counts: dict[Kind, int] = json.loads(
                sent_once(scene, Sent(once, f"publish_order {meeting}", by, {"shown": shown}), do)
            )
            return counts

    @watched
    def wish_slot(
        self,
        round_key: str,
        number: str,
        meeting: str,
        wish: Wish | None,
        *,
        by: str,
        now: int,
        words: str | None = None,
    ) -> None:
        """Staff, or its own people, say when a dossier would be heard. Raises what `running_order.note_wish` raises."""
        with self._act(round_key, now) as scene:
            running_order.note_wish(scene, scene.dossier(number), meeting, wish, by=by, words=words)

    @watched
    def confirm_slot(
        self, round_key: str, number: str, meeting: str, *, by: str, now: int, words: str | None = None
    ) -> None:
        """Somebody of a dossier comes at the hour of its slot. Raises what `slot_answers.confirm_slot` raises."""
        with self._act(round_key, now) as scene:
            slot_answers.confirm_slot(scene, scene.dossier(number), meeting, by=by, words=words)

    @watched
    def ask_other_slot(
        self, round_key: str, number: str, meeting: str, *, words: str, by: str, now: int, wish: Wish | None = None
    ) -> None:
        """Somebody of a dossier asks for another slot. Raises what `slot_answers.ask_other_slot` raises."""
        with self._act(round_key, now) as scene:
            slot_answers.ask_other_slot(scene, scene.dossier(number), meeting, words=words, by=by, wish=wish)

    @watched
    def decline_slot(
        self,
        round_key: str,
        number: str,
        meeting: str,
        *,
        by: str,
        now: int,
        words: str | None = None,
        once: str | None = None,
    ) -> list[str]:
        """A dossier's slot is given back; gives the numbers of those who are asked in its place.

        Raises what `slot_answers.decline_slot` raises.
        """
        with self._act(round_key, now) as scene:

            def do() -> str:
                came = slot_answers.decline_slot(scene, scene.dossier(number), meeting, by=by, words=words)
                return json.dumps([one.number for one in came])

            sent = Sent(once, f"decline_slot {number} {meeting}", by, {"words": words})
            numbers: list[str] = json.loads(sent_once(scene, sent, do))
            return numbers
