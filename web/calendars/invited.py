"""What does the calendar of somebody hear of a meeting that they are asked to?

The entry is the very one that the letter brought, by uid and sequence. So a program that merges by uid shows it once;
and what somebody accepted by their calendar's own reply is left out of their feed, for there it stands already.
"""

from collections.abc import Callable, Iterable, Iterator

from engine.database.pages.invitations import Invited
from engine.files.reading import Programme
from web.calendars.feed import Happening
from web.calendars.held import hours_of
from web.calendars.wording import CANCELLED, MEETING, OF_DOSSIER, ONLINE, Voice


def of_invited(
    invited: Iterable[Invited],
    programmes: Callable[[str], Programme],
    language: str,
    translate: Callable[[str], str],
    site: str,
) -> Iterator[Happening]:
    """The events of all that somebody is asked to, but what they declined and what their calendar has already."""
    for one in invited:
        gone = one.row.cancelled_at is not None
        known = one.row.answer == "accepted" and one.row.answered_via == "mail" and not gone
        if not known and (gone or one.row.answer != "declined"):
            yield of_invitation(one, programmes(one.digest), language, translate, site)


def of_invitation(
    one: Invited, programme: Programme, language: str, translate: Callable[[str], str], site: str
) -> Happening:
    """The event of one invitation, with the address on line: whoever is asked is admitted."""
    row, voice = one.row, Voice(programme, language, translate)
    title = voice.said(programme.rules_of(one.round.partition("/")[2]).meeting(one.meeting.name).title)
    if one.number:
        title = voice.say(OF_DOSSIER, what=title, number=one.number)
    gone = row.cancelled_at is not None
    return Happening(
        key=f"{one.round}/invitation/{row.uid}", uid=row.uid, sequence=row.sequence,
        status="CANCELLED" if gone else "CONFIRMED" if row.answer == "accepted" else "TENTATIVE",
        title=voice.say(CANCELLED, what=title) if gone else title,
        when=hours_of(row.day, row.starts_at, row.ends_at), changed_at=max(row.sent_at, row.answered_at or 0),
        place=voice.said(row.place or ""), url=f"{site}/invitations/{row.uid}", category=voice.say(MEETING), busy=True,
        description=voice.say(ONLINE, address=row.online) if row.online and not gone else "",
    )  # fmt: skip
