"""Where does somebody say by whose clocks a dossier goes?"""

from collections.abc import Iterator

from as_they_come import DATES, KEY, RULES, STAFF, neighbours
from living_site import LivingSite
from look import Look

from engine.cycle import Imported

ANNA = "anna@applicant.example"
BY_THEIRS = DATES.replace("to = 2030-12-20 }", 'to = 2030-12-20, zone = "applicant" }')


def by_each(living: LivingSite) -> Iterator[Look]:
    cycle, now = living.site.cycle, living.site.now
    cycle.open_round(neighbours(RULES, BY_THEIRS), "2030", by=STAFF, now=now)
    cycle.add_person(KEY, email=STAFF, name="", language="en", role="staff", by=STAFF, now=now)
    row = Imported("House of Anna", ANNA, "Anna", "en", clocks="Pacific/Auckland", answers={"what": "We plant."})
    cycle.import_dossiers(KEY, [row], by=STAFF, now=now)
    yield Look("clocks-call", f"/call/{KEY}")
    yield Look("clocks", f"/dossier/{KEY}/NB30-001/clocks", ANNA)
    yield Look("clocks-staff", f"/staff/{KEY}/dossiers/NB30-001/clocks", STAFF)


LOOKS = {"calls": by_each}
