"""What is there to be seen of the dates of a round, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF

AT = f"/staff/{ROUND}"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("timeline", f"{AT}/timeline", STAFF)
    yield Look("timeline-weeks", f"{AT}/timeline?zoom=weeks&from=2019-02-18", STAFF)
    yield Look("timeline-round", f"{AT}/timeline?zoom=round", STAFF)
    yield Look("timeline-list", f"{AT}/timeline/list", STAFF)
    yield Look("timeline-list-past", f"{AT}/timeline/list?when=past", STAFF)
    yield Look("timeline-list-none", f"{AT}/timeline/list?when=past&kind=owed", STAFF)


def over(_living: LivingSite) -> Iterator[Look]:
    yield Look("timeline-over", f"{AT}/timeline", STAFF)
    yield Look("timeline-list-over", f"{AT}/timeline/list?when=all&page=2", STAFF)


LOOKS = {"call": in_the_call, "over": over}
