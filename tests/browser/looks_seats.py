"""What do people and staff see of the seats of a meeting: free, taken, waited for, given back?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look
from sqlmodel import col, select
from visiting import ROUND, STAFF

from engine.database.records import PersonRow, SeatRow

CALL, AT = f"/call/{ROUND}", f"/staff/{ROUND}/seats"
ANN, BOB, CAS, DEE = (f"{who}@public.example" for who in ("ann", "bob", "cas", "dee"))


def ahead(living: LivingSite) -> Iterator[Look]:
    """An information session with two seats, and four who want one; one more meeting with a seat to spare."""
    site = living.site
    yield Look("seats-of-nobody", f"{AT}/2", STAFF)
    site.cycle.change_seats(ROUND, 1, 2, by=STAFF, now=site.now)
    for place, email in enumerate((ANN, BOB, CAS, DEE)):
        site.cycle.sign_up(ROUND, 1, email=email, name=email[:3].title(), language="nl", now=site.now + place)
    site.cycle.change_seats(ROUND, 2, 18, by=STAFF, now=site.now)
    living.post()
    with site.database.reading() as session:
        held = session.exec(
            select(SeatRow.id).join(PersonRow, col(PersonRow.id) == col(SeatRow.person_id))
            .where(col(PersonRow.email) == BOB)
        ).one()  # fmt: skip
    yield Look("public-meetings", f"{CALL}/meetings")
    yield Look("public-meeting-free", f"{CALL}/meetings/2")
    yield Look("public-meeting-full", f"{CALL}/meetings/1")
    yield Look("public-meeting-held", f"{CALL}/meetings/1", BOB)
    yield Look("public-meeting-waiting", f"{CALL}/meetings/1", DEE)
    yield Look("sign-up", f"{CALL}/meetings/2/sign-up", BOB)
    yield Look("my-meetings", "/meetings", CAS)
    yield Look("my-meetings-none", "/meetings", "nobody@public.example")
    yield Look("give-back", f"{CALL}/seats/{held}/give-back", BOB)
    yield Look("seats", AT, STAFF)
    yield Look("seats-one", f"{AT}/1", STAFF)
    yield Look("seats-give-back", f"{AT}/1/give-back/{held}", STAFF)


LOOKS = {"before": ahead}
