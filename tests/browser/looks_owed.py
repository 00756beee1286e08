"""What do staff and applicants see of what is owed, and when?"""

from collections.abc import Iterator
from datetime import date, time

from living_site import LivingSite
from look import Look
from played import AN
from sqlmodel import col, select
from visiting import ROUND, STAFF

from engine.cycle.meetings import Sitting
from engine.database.records import DeliveryRow

OWED = f"/staff/{ROUND}/obligations"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("owed-nothing-yet", OWED, STAFF)
    yield Look("owed-nothing-to-review", f"{OWED}/review", STAFF)


def under_way(living: LivingSite) -> Iterator[Look]:
    yield Look("owed", OWED, STAFF)
    yield Look("owed-to-review", f"{OWED}/review", STAFF)
    with living.site.database.reading() as session:
        report = session.exec(select(DeliveryRow.id).order_by(col(DeliveryRow.id))).first()
    yield Look("review", f"/staff/{ROUND}/dossiers/CI19-003/review/{report}", STAFF)
    yield Look("plan-of-years", f"/dossier/{ROUND}/CI19-003/plan", AN)
    yield Look("times", f"/dossier/{ROUND}/CI19-003/meeting/site_visit-3", AN)
    visit = Sitting(date(2022, 3, 10), time(10), time(12), "Kanaalhuis")
    living.site.cycle.propose_times(
        ROUND, "CI19-003", "site_visit 3", [visit], words="Dan is er repetitie.", by=AN, now=living.site.now
    )
    yield Look("times-proposed", f"/staff/{ROUND}/dossiers/CI19-003/meeting/site_visit-3", STAFF)


LOOKS = {"call": in_the_call, "rollout": under_way}
