"""How is it said what a mail is, what became of it, and why it waits for somebody?"""

from engine.database.pages.received import MailLine
from web import dates
from web.ask import Ask


def kind_of(ask: Ask, line: MailLine) -> str:
    """What a mail is, in a word or two."""
    return {
        "failure": ask.say("did not arrive"),
        "delay": ask.say("is late"),
        "calendar": ask.say("answer of a calendar"),
        "automatic": ask.say("automatic answer"),
    }.get(line.kind, ask.say("reply"))


def outcome_of(ask: Ask, line: MailLine) -> tuple[str, str]:
    """(tone, words) of what became of a mail."""
    if line.waits:
        return "warn", ask.say("waits for you")
    if line.handled_at is not None:
        return "good", ask.say("done")
    return {
        "letter marked": ("bad", ask.say("the letter is marked")),
        "answer counted": ("good", ask.say("the answer counts")),
        "known already": ("neutral", ask.say("known already")),
    }.get(line.outcome, ("neutral", ask.say("changes nothing")))


def why_of(ask: Ask, line: MailLine) -> str:
    """Why a mail waits for somebody, or changes nothing; empty where that needs no words."""
    return {
        "no letter": ask.say("It answers no letter that left from here."),
        "other address": ask.say("It tells of another address than the one that the letter went to."),
        "no invitation": ask.say("No invitation from here has the number that it names."),
        "other attendee": ask.say("It answers for somebody else than the person who was invited."),
        "other sender": ask.say("It comes from another address than the one it answers for."),
        "not vouched for": ask.say("The receiving mail server does not vouch for its sender."),
        "several attendees": ask.say("It answers for several people at once."),
        "counter": ask.say("Another time is proposed."),
        "delegated": ask.say("Somebody else is sent instead."),
        "unreadable calendar": ask.say("The calendar in it cannot be read for certain."),
        "unreadable": ask.say("It cannot be taken apart for certain; the beginning is shown as it came."),
        "large": ask.say("It is too large to be fetched: it is still in the mailbox."),
        "stale": ask.say("It answers an earlier version of the invitation, or a newer answer is known."),
        "automatic": ask.say("A machine wrote it by itself."),
        "spam": ask.say("The receiving mail server takes it for spam."),
        "own": ask.say("It is one of the letters from here."),
    }.get(line.why, "")


def handled_words(ask: Ask, line: MailLine) -> str:
    """Who has seen to a mail, and when."""
    if line.handled_at is None:
        return ""
    when = dates.short_moment(line.handled_at, ask.place.zone, ask.language)
    return ask.say("%(who)s saw to it %(when)s", who=line.handled_by, when=when)
