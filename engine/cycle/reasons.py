"""Is there anything against an act?"""

from collections.abc import Iterable

from engine.errors import Refusal, Refused


def refuse(reasons: Iterable[Refusal | None]) -> None:
    """Raise Refused with the reasons there are, if any."""
    found = [reason for reason in reasons if reason]
    if found:
        raise Refused(found)
