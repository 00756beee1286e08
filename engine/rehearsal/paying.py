"""How do staff pay what was promised?

In time, as it comes to be paid: in one sum, and once in two.
"""

from collections.abc import Iterator
from datetime import time
from functools import partial

from engine.rehearsal.acts import PAYMENT, Act
from engine.rehearsal.hours import DAY, HOUR, on_workday
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import View
from engine.rules.moments import from_instant
from engine.rules.paying import from_cents, promises_to_pay

BEFORE = 3
"""days before its last day that a payment is made, where it is known so long"""


class Paying:
    """What is to be paid, as it becomes known."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._promises = bool(promises_to_pay(setting.workflow))
        self._planned: set[int] = set()
        self._parted = False

    def watch(self, view: View) -> None:
        """Put into the plan when each sum is paid."""
        for one in view.to_pay() if self._promises else ():
            if one.id not in self._planned:
                self._planned.add(one.id)
                zone = self.setting.calendar.zone
                window = (one.since + HOUR, max(one.due_at, one.since + 2 * HOUR))
                at = on_workday(one.due_at - BEFORE * DAY, zone, time(11), within=window)
                self.setting.plan.at(at, partial(self._pay, id=one.id))

    def _pay(self, view: View, now: int, *, id: int) -> Iterator[Act]:
        """Pay it, if it is still owed by then."""
        one = next((sum for sum in view.to_pay() if sum.id == id), None)
        if one is None:
            self._planned.discard(id)
            return
        parts = [one.left]
        if not self._parted and one.left > 200:
            self._parted, parts = True, [one.left // 2, one.left - one.left // 2]
        day = from_instant(now, self.setting.calendar.zone).date().isoformat()
        for number, cents in enumerate(parts, start=1):
            values = {"of": one.name, "amount": str(from_cents(cents)), "row": str(one.position), "day": day}
            if len(parts) > 1:
                values["reference"] = f"{number}/{len(parts)}"
            yield Act(now, self.setting.staff[0].email, PAYMENT, one.number, values)
