"""What can staff do about the money that was promised? One transaction each."""

from collections.abc import Sequence
from datetime import date

from engine.cycle import paying
from engine.cycle.door import Door
from engine.cycle.once import Sent
from engine.cycle.once import once as sent_once
from engine.cycle.payable import Paid
from engine.cycle.seen import as_seen
from engine.cycle.watched import watched
from engine.database.store import the_id


class PayActs(Door):
    """Payments. `now` is an instant in UTC microseconds, `by` an address, amounts are of the programme's currency."""

    @watched
    def record_payment(
        self,
        round_key: str,
        number: str,
        promise: str,
        amount: int | float,
        *,
        day: date,
        position: int = 1,
        reference: str = "",
        by: str,
        now: int,
        once: str | None = None,
        seen: int | None = None,
    ) -> int:
        """Staff record that money was paid on a local day, of one row of a schedule; gives the payment's number.

        `once` is the key of the form: sent again nothing more is recorded.
        """
        paid = Paid(number, promise, amount, day, position, reference)
        with self._act(round_key, now) as scene:

            def do() -> str:
                as_seen(scene, number, seen)
                return str(the_id(paying.record_payment(scene, paid, by=by)))

            given = {"amount": amount, "day": day, "reference": reference}
            return int(sent_once(scene, Sent(once, f"pay {number} {promise} {position}", by, given), do))

    @watched
    def record_payments(self, round_key: str, every: Sequence[Paid], *, by: str, now: int) -> tuple[int, int]:
        """Staff record a list of payments, all or nothing; gives how many are new, and how many were there already.

        The same list again records nothing twice; two equal lines of one list are two payments. Raises NotAllPaid.
        """
        with self._act(round_key, now) as scene:
            return paying.record_payments(scene, every, by=by)

    @watched
    def take_payment_back(self, round_key: str, payment: int, *, reason: str, by: str, now: int) -> None:
        """Staff say that a payment, by its number, was recorded by mistake, and why."""
        with self._act(round_key, now) as scene:
            paying.take_payment_back(scene, payment, reason=reason, by=by)
