"""What do staff see of payments, where nothing is promised to be paid?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("payments-nothing-yet", f"/staff/{ROUND}/payments", STAFF)


LOOKS = {"call": in_the_call}
