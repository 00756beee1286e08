"""What does a committee see that orders by hand, agrees on a score, sets marks aside, advises and accepts?"""

from collections.abc import Iterator

from calls import CHAIR, FIRST, GRANTED, OCTOBER, READER, STAFF, SUBMITTED, delivered
from living_site import LivingSite
from look import Look

COMMITTEE, DOSSIERS = f"/committee/{OCTOBER}", f"/staff/{OCTOBER}/dossiers"


def judged(living: LivingSite) -> Iterator[Look]:
    yield Look("order", f"{COMMITTEE}/ranking/order", CHAIR)
    yield Look("agreed", f"{COMMITTEE}/{FIRST}/agreed", CHAIR)
    yield Look("set-aside", f"{COMMITTEE}/{SUBMITTED}/set-aside", READER)
    yield Look("advice", f"{COMMITTEE}/{FIRST}/deliver/advice", CHAIR)
    yield Look("review-committee", f"{COMMITTEE}/{GRANTED}/review/{delivered(living)}", CHAIR)
    yield Look("strand", f"{DOSSIERS}/{FIRST}/strand", STAFF)


LOOKS = {"calls": judged}
