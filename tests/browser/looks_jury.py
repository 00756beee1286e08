"""What do staff see of a committee, and of what is released, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF

AT = f"/staff/{ROUND}"
JURY = f"{AT}/committee"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("jury-nothing-yet", JURY, STAFF)
    yield Look("jury-suggest-nothing", f"{JURY}/suggest", STAFF)
    yield Look("jury-remind-nobody", f"{JURY}/remind", STAFF)
    yield Look("jury-ranking-nothing", f"{JURY}/ranking", STAFF)
    yield Look("batches-empty", f"{AT}/verdicts", STAFF)


def reading(_living: LivingSite) -> Iterator[Look]:
    yield Look("jury", JURY, STAFF)
    yield Look("jury-marks", f"{JURY}?marks=1", STAFF)
    yield Look("jury-none-match", f"{JURY}?show=quorum", STAFF)
    yield Look("jury-assign", f"{JURY}/assign?number=CI19-003&number=CI19-004", STAFF)
    yield Look("jury-assign-none", f"{JURY}/assign", STAFF)
    yield Look("jury-suggest", f"{JURY}/suggest?each=2&language=1", STAFF)
    yield Look("jury-conflicts", f"{JURY}/conflicts", STAFF)
    yield Look("jury-remind", f"{JURY}/remind", STAFF)
    yield Look("jury-ranking", f"{JURY}/ranking?alike=1&budget=50000", STAFF)
    yield Look(
        "jury-minute", f"{JURY}/ranking/verdicts?state=in_preselection&decision=pass_over&number=CI19-004", STAFF
    )  # fmt: skip
    yield Look("jury-minute-none", f"{JURY}/ranking/verdicts?state=in_preselection&decision=pass_over", STAFF)


    yield Look("batches", f"{AT}/verdicts", STAFF)
    yield Look("batch", f"{AT}/verdicts/recommendations-opens", STAFF)
    yield Look("batch-letter", f"{AT}/verdicts/recommendations-opens/letter?transition=shortlist", STAFF)


def decided(_living: LivingSite) -> Iterator[Look]:
    yield Look("batch-two-people", f"{AT}/verdicts/approval-opens", STAFF)
    yield Look("batch-gone", f"{AT}/verdicts/recommendations-opens", STAFF)


LOOKS = {"call": in_the_call, "preselection": reading, "decided": decided}
