"""Is this an address that a letter can be sent to?"""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr

from engine.errors import GrantcycleError
from notifications.recipients import read_address as addressed

EXAMPLE = "Els Peeters <els@impuls.example>"


def read_address(text: str) -> str:
    """One plain address that a letter can be sent to, in lower case as it is kept.

    Raises GrantcycleError with a sentence for anything else: two addresses, a display name, a line break.
    """
    return addressed(text.strip(" ")).lower()


def read_named_address(text: str, *, name_required: bool = False) -> Address:
    """`Els Peeters <els@impuls.example>`, or a plain address where no name is required.

    Raises GrantcycleError with a sentence when it is neither.
    """
    if any(character in text for character in "\r\n"):
        raise GrantcycleError(f"{_quoted(text)} is not an address: it holds a line break")
    name, plain = parseaddr(text)
    if not plain:
        raise GrantcycleError(
            f'{_quoted(text)} is not an address; write for example "Els Peeters <els@impuls.example>"'
        )
    if name_required and not name:
        raise GrantcycleError(f'{_quoted(text)} names nobody; write whom people answer to, for example "{EXAMPLE}"')
    try:
        return Address(display_name=name, addr_spec=read_address(plain))
    except (HeaderParseError, ValueError) as problem:
        raise GrantcycleError(f"{_quoted(text)} is not an address") from problem


def read_person_name(text: str) -> str:
    """A person's name as it stands in a letter's header: one line, not empty.

    Raises GrantcycleError with a sentence otherwise.
    """
    name = text.strip()
    if not name:
        raise GrantcycleError("the name is empty")
    if not name.isprintable():
        raise GrantcycleError(f"{_quoted(text)} is not a name: it holds a line break or a control character")
    return name


def _quoted(text: str) -> str:
    """The text between quotes on one line, whatever it holds."""
    return f'"{text if text.isprintable() else text.encode("unicode_escape").decode("ascii")}"'
