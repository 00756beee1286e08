"""What is there to be seen of an applicant across rounds, and of being told of a programme?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look, sends
from visiting import ROUND, STAFF

CALL = f"/call/{ROUND}"
NONCE = "t" * 22


def in_the_call(living: LivingSite) -> Iterator[Look]:
    yield Look("tell-me", f"{CALL}/subscribe")
    yield Look("tell-me-wrong", f"{CALL}/subscribe", does=sends("form button", email="geen adres"))
    living.site.cycle.subscribe(ROUND, email="z@elders.example", language="nl", now=living.site.now, nonce=NONCE)
    yield Look("told-no-more", f"/told-no-more/{NONCE}")
    yield Look("applicant", f"/staff/{ROUND}/dossiers/CI19-003/applicant", STAFF)


LOOKS = {"call": in_the_call}
