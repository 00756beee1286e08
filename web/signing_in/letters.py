"""Who is sent a link and a code, and how often?"""

from limits import RateLimitItemPerMinute

from engine.database.access import signing_in
from engine.database.store import find_person
from web.ask import Ask
from web.keys import digest, nonce
from web.problems import TooMany

QUARTER = 15 * 60 * 1_000_000
MINUTES = signing_in.LINK_GOOD_FOR // 60_000_000
MOST_AN_ADDRESS = 3
"""letters to one address in a quarter of an hour"""
PER_CALLER = RateLimitItemPerMinute(60, 60)
"""a whole office may sign in from one address of the internet"""


def ask_for_letter(ask: Ask, email: str, next: str) -> str:
    """Send a link and a code to an address, known or not, and give the nonce of the request.

    Raises TooMany when that address, or this caller, has asked too often.
    """
    if not ask.office.throttle.count(f"letters to {ask.caller}", PER_CALLER):
        raise TooMany("There were too many requests from your network. Please try again in an hour.", 3600)
    office = ask.office
    key = nonce()
    with office.database.transaction() as session:
        if signing_in.asked_since(session, email, ask.now - QUARTER) >= MOST_AN_ADDRESS:
            raise TooMany(
                "We have sent three letters to %(email)s in the last quarter of an hour. "
                "Use the newest one, or ask again later.", 900, email=email,
            )  # fmt: skip
        row = signing_in.ask(
            session, nonce=key, email=email, language=ask.language, browser=digest(ask.browser), next=next, now=ask.now
        )
        person = find_person(session, email)
        facts = {"nonce": key, "link_minutes": MINUTES, "code_minutes": MINUTES}
        office.letters.queue(
            session, letter="sign-in", key=key, facts=facts, now=ask.now, person=person, address=email,
            language=ask.language, valid_until=row.valid_until,
        )  # fmt: skip
    return key
