"""What do staff see of a day of slots: planned, suggested, published, changed; and what do its people?"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from living_site import LivingSite
from look import Look
from played import AN
from visiting import FOURTH, ROUND, STAFF

from engine.cycle.order_plans import Judged, judge
from engine.rules.running_order import Break
from engine.rules.suggested_order import Wish
from web.staff.plan.plans import in_address

ORDER = f"/staff/{ROUND}/meetings/pitch/order"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("order-nobody-yet", ORDER, STAFF)
    yield Look("order-invitations-none", f"{ORDER}/invitations", STAFF)
    yield Look("order-door-none", f"{ORDER}/door", STAFF)
    yield Look("order-sheets-none", f"{ORDER}/sheets", STAFF)


def decided(living: LivingSite) -> Iterator[Look]:
    cycle, now = living.site.cycle, living.site.now
    cycle.wish_slot(ROUND, "CI19-003", "pitch", Wish("afternoon"), by=STAFF, now=now, words="De trein")
    yield Look("order", ORDER, STAFF)
    yield Look("order-suggested", f"{ORDER}?suggest=1", STAFF)
    yield Look("order-invitations", f"{ORDER}/invitations", STAFF)
    yield Look("day-before-it-is-known", f"/committee/{ROUND}/day/pitch", FOURTH)
    planned = replace(_stands(living).plan, breaks=(Break(1, 15, "Koffie"),), locked=frozenset({2}))
    cycle.change_order(ROUND, "pitch", planned, by=STAFF, now=now)
    cycle.publish_order(ROUND, "pitch", by=STAFF, now=now, shown=_stands(living).digest)
    living.post()
    yield Look("slot", f"/dossier/{ROUND}/CI19-003/slot/pitch", AN)
    cycle.ask_other_slot(ROUND, "CI19-003", "pitch", words="Liever later", by=AN, now=now, wish=Wish("afternoon"))
    yield Look("slot-answered", f"/dossier/{ROUND}/CI19-003/slot/pitch", AN)
    yield Look("order-published", ORDER, STAFF)
    later = replace(planned.swapped(1, 7), locked=frozenset())
    yield Look("order-change", f"{ORDER}/invitations?{urlencode({'plan': in_address(later)})}", STAFF)
    yield Look("order-door", f"{ORDER}/door", STAFF)
    yield Look("order-sheets", f"{ORDER}/sheets", STAFF)


def _stands(living: LivingSite) -> Judged:
    with living.site.database.reading() as session:
        return judge(living.site.cycle.look(session, ROUND, living.site.now), "pitch")


LOOKS = {"call": in_the_call, "decided": decided}
