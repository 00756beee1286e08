"""What do staff see of payments: where nothing is promised to be paid, and what one dossier is owed?"""

from collections.abc import Iterator

from calls import GRANTED, OCTOBER
from calls import STAFF as STAFF_OF_THE_CALLS
from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("payments-nothing-yet", f"/staff/{ROUND}/payments", STAFF)


def of_a_milestone(_living: LivingSite) -> Iterator[Look]:
    yield Look("payments", f"/staff/{OCTOBER}/payments", STAFF_OF_THE_CALLS)
    yield Look("payment", f"/staff/{OCTOBER}/dossiers/{GRANTED}/payments/milestones_paid-1", STAFF_OF_THE_CALLS)


LOOKS = {"call": in_the_call, "calls": of_a_milestone}
