"""The letters about accounts as the tests queue them, and secrets that are made of a nonce as a server would."""

import hashlib
from collections.abc import Mapping
from typing import Any

from letters_world import MINUTE, SENDER, World

from notifications.accounts import AccountLetters
from notifications.secrets import Secrets

NONCE = "nonce-of-the-page"
EDGE = {"day": "2019-03-15", "hour": "17:00:00", "edge": "closes"}
AT = 1_551_427_200_000_000
DEVICE = "Firefox on Linux"
OPEN = "https://grants.example/dossier/small/2019/SG19-001"
FACTS: Mapping[str, Mapping[str, Any]] = {
    "sign-in": {"nonce": NONCE, "link_minutes": 15, "code_minutes": 10},
    "co-applicant": {"by": "Amina Example", "title": "Songs", "nonce": NONCE},
    "extension-asked": {"by": "Amina", "title": "Songs", "of": "Oproep", "until": EDGE, "reason": "A storm.",
                        "link": OPEN},
    "extension-refused": {"title": "Songs", "of": "Oproep", "stands": EDGE, "reason": "All have the same date."},
    "conflict-declared": {"by": "Bo Adams", "title": "Songs", "reason": "My cousin leads it.", "link": OPEN},
    "opinions-wanted": {
        "committee": "Jury", "count": 12, "more": 11, "until": EDGE, "link": OPEN,
        "dossiers": [{"number": "SG19-001", "title": "Songs", "organisation": "Brug"}],
    },
    "subscribed": {"call": "Kleine beurzen 2020", "stop": "https://grants.example/stop/1", "opens": EDGE},
    "answer-wanted": {"meeting": "Startbijeenkomst", "opens": {**EDGE, "edge": "opens"}, "link": OPEN},
    "signed-in-elsewhere": {"at": AT, "device": DEVICE, "link": OPEN},
    "second-factor-changed": {"at": AT, "change": "set_up"},
    "part-given": {"by": "Els Peeters", "title": "Kleine beurzen 2020", "part": "member", "committee": "Jury",
                   "link": OPEN},
    "reply-received": {"count": 2, "link": OPEN},
    "address-corrected": {"by": "Els Peeters", "old": "nor@vzw.example", "new": "noor@vzw.example"},
    "delivered": {"what": "Jaarverslag", "title": "Songs", "at": AT, "receipt": "0" * 64, "link": OPEN},
}  # fmt: skip


def secrets(nonce: str) -> Mapping[str, str]:
    """The same for the same nonce, and nothing that stands in the database."""
    made = hashlib.sha256(f"a key of the server/{nonce}".encode()).hexdigest()
    return {"link": f"https://grants.example/sign-in/{made}", "code": f"{int(made, 16) % 1_000_000:06}"}


def queue(world: World, letter: str = "sign-in", *, key: str = "1", allow: tuple[str, ...] = (), **more: Any) -> bool:
    """Queue a letter to somebody whom nobody knows, or as `more` says."""
    now = world.clock.now()
    given = {"facts": FACTS.get(letter, {}), "address": "new@house.example", "language": "nl", "now": now,
             "valid_until": now + 15 * MINUTE, **more}  # fmt: skip
    with world.database.transaction() as session:
        return AccountLetters(SENDER, allow).queue(session, letter=letter, key=key, **given)


def spoken(said: Secrets = secrets) -> list[str]:
    """What of the secrets could be found anywhere, in every way of writing it."""
    known = said(NONCE)
    token, code = known["link"].rpartition("/")[2], known["code"]
    return [token[:20], code, f"{code[:3]} {code[3:]}", f"{code[:3]}_{code[3:]}", f"{code[:3]}=20{code[3:]}"]
