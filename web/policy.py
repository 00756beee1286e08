"""Who may see and do what, on the pages?

Every route declares one policy, which is asked before anything else. What the visitor may not know of is not there:
foreign and missing are one answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.database.access.sessions import SignedIn
from web.ask import Ask
from web.problems import NotThere, SignInFirst


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom a page is for. `check` raises NotThere or SignInFirst, and may leave what it looked up with the ask."""

    name: str
    check: Callable[[Ask], None]


def somebody(ask: Ask) -> SignedIn:
    """Whoever is signed in, with the second factor where one is needed. Raises SignInFirst."""
    if ask.visitor is None or ask.visitor.over:
        raise SignInFirst
    if ask.visitor.is_staff and ask.visitor.proved_at is None:
        raise SignInFirst(proof=True)
    return ask.visitor


def _nobody_in_particular(ask: Ask) -> None:
    """Everybody may."""


def _signed_in(ask: Ask) -> None:
    somebody(ask)


def _half_signed_in(ask: Ask) -> None:
    if ask.visitor is None or ask.visitor.over:
        raise SignInFirst


def _where_letters_are_caught(ask: Ask) -> None:
    # the mailbox holds everybody's letters, sign-in codes included: it is there only while no letter really leaves,
    # and only for whoever sits at the machine
    if ask.office.mailbox is None or ask.caller not in ("127.0.0.1", "::1", "testclient"):
        raise NotThere


PUBLIC = Policy("public", _nobody_in_particular)
SIGNED_IN = Policy("signed in", _signed_in)
HALF_SIGNED_IN = Policy("signed in, second factor or not", _half_signed_in)
MAILBOX = Policy("mailbox", _where_letters_are_caught)
