"""How do a text, an instant and an address stand in a calendar so that every program reads the same?"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from icalendar import vCalAddress

from engine.errors import GrantcycleError
from engine.rules.moments import EPOCH, zone_info

IN_UTC = frozenset({"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})
A_DAY = timedelta(days=1)
LAST_YEAR = 2035
"""further ahead some programs know no summer time any more: ten years, or until 32 bits run out"""
URL = re.compile(r"https?://[\x21-\x7e]+")
"""an address of a page that a calendar may offer to open"""
_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = ("Cc", "Cf", "Cs")
_JOINERS = "\u200b\u200c\u200d"
"""unseen, but many scripts and emoji are written with them; the others turn the direction of reading, or are cut off"""
_IN_A_NAME = str.maketrans({'"': "'", ";": ",", ":": ",", "\\": "/", "^": None})
"""what ends a parameter, or begins an escape: not every program reads what stands between quotes as text"""
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.\[\]:-]+")


def one_line(text: str) -> str:
    """One line of text, without what steers a reader's program."""
    return " ".join(lines(text).split())


def lines(text: str) -> str:
    """The text with one kind of line end, without what steers a reader's program."""
    return "\n".join("".join(filter(_is_said, line)) for line in _LINE_END.split(text)).strip()


def _is_said(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN


def utc(instant: int) -> datetime:
    """An instant (UTC microseconds), to the second."""
    return (EPOCH + timedelta(microseconds=instant)).replace(microsecond=0, tzinfo=UTC)


def clocks(instants: Sequence[int], zone: str) -> list[datetime]:
    """The instants (UTC microseconds) as wall times of the zone; as UTC, all of them, where one of them is within a day
    of a change of the clocks, or so late that programs disagree: an hour may happen twice, and some programs take an
    hour before the change for one after it.

    Raises GrantcycleError for a name that is no zone.
    """
    told = [utc(instant) for instant in instants]
    if zone in IN_UTC:
        return told
    local = [instant.astimezone(zone_info(zone)) for instant in told]
    return local if all(map(_is_read_alike, told, local)) else told


def _is_read_alike(at: datetime, local: datetime) -> bool:
    around = {(at + shift).astimezone(local.tzinfo).utcoffset() for shift in (-A_DAY, A_DAY)}
    return local.year <= LAST_YEAR and around == {local.utcoffset()}


def mailbox(name: str, address: str) -> vCalAddress:
    """Somebody by name, whoever typed it, and the address exactly as it stands in a mail's header.

    Raises GrantcycleError for what is no address.
    """
    if not _MAILBOX.fullmatch(address):
        raise GrantcycleError(f'"{one_line(address)}" is no address that a calendar could write to')
    found = vCalAddress(f"mailto:{address}")
    if said := one_line(one_line(name).translate(_IN_A_NAME)):
        found.params["CN"] = said
    return found
