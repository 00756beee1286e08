"""Which link signs in whoever holds it?

Nothing here is a page, so that a command line that only makes a link, or a letter, need not know of any.
"""

from engine.database.access import signing_in
from engine.database.store import find_person
from engine.errors import GrantcycleError
from web.keys import Keys, nonce
from web.office import Office


def make_link(office: Office, email: str, now: int, next: str = "/") -> str:
    """A link that signs in whoever holds it, once, and leads on to the path `next`: for the command line, whose user
    holds the database anyway.

    Raises GrantcycleError for an address that nobody has.
    """
    key = nonce()
    with office.database.transaction() as session:
        person = find_person(session, email)
        if person is None:
            raise GrantcycleError(f'nobody here has the address "{email}"')
        signing_in.ask(session, nonce=key, email=email, language=person.language, browser="", next=next, now=now)
    return secrets_of(office.keys, office.base_url, key)["link"]


def secrets_of(keys: Keys, base_url: str, key: str) -> dict[str, str]:
    """What stands in a sign-in letter and nowhere else: `link` and `code`, worked out from the nonce."""
    return {"link": f"{base_url}/sign-in/{key}/{keys.token('sign-in', key)}", "code": keys.code(key)}
