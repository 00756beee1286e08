"""What do staff and applicants see of what is owed, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF

OWED = f"/staff/{ROUND}/obligations"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("owed-nothing-yet", OWED, STAFF)
    yield Look("owed-nothing-to-review", f"{OWED}/review", STAFF)


LOOKS = {"call": in_the_call}
