"""Does our own receiving server say that a mail comes from the address in its From (RFC 8601)?"""

import re

from notifications.incoming.opened import Opened

_COMMENT = re.compile(r"\([^()]*\)")


def is_vouched_for(mail: Opened, server: str) -> bool:
    """Whether `server`, by the name under which it writes Authentication-Results, has found the sender genuine.

    Only the topmost of its headers counts: what a mail brought along stands below it.
    """
    domain = mail.sender.partition("@")[2]
    for header in mail.all("Authentication-Results"):
        said = _COMMENT.sub(" ", header)
        name, _, results = said.partition(";")
        if name.split()[:1] == [server.lower()] or name.strip().lower() == server.lower():
            return bool(domain) and any(_passes(one, domain) for one in results.lower().split(";"))
    return False


def _passes(result: str, domain: str) -> bool:
    words = dict(word.split("=", 1) for word in result.split() if word.count("=") == 1)
    if words.get("dmarc") == "pass":
        return words.get("header.from", domain) == domain
    if words.get("dkim") == "pass":
        signed = words.get("header.d") or words.get("header.i", "").rpartition("@")[2]
        return _covers(signed, domain)
    return words.get("spf") == "pass" and _covers(words.get("smtp.mailfrom", "").rpartition("@")[2], domain)


def _covers(signed: str, domain: str) -> bool:
    """Whether a domain speaks for another: itself, or one below it."""
    return bool(signed) and (signed == domain or ("." in signed and domain.endswith(f".{signed}")))
