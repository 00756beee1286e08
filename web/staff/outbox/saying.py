"""How is it said where a letter stands, and why an act on it is refused?"""

from engine.database.pages.outbox import GROUP_OF, Line
from engine.errors import Refusal
from web import dates
from web.ask import Ask
from web.reasons import said_by

TONES = {
    "held": "warn", "failed": "bad", "back": "bad", "sent": "good", "scheduled": "info", "open": "info",
    "cancelled": "neutral", "expired": "neutral",
}  # fmt: skip


def group_title(ask: Ask, group: str) -> str:
    """What letters are called that stand there."""
    return {
        "held": ask.say("Held"),
        "failed": ask.say("Failed"),
        "back": ask.say("Came back"),
        "scheduled": ask.say("Scheduled"),
        "open": ask.say("On the way"),
        "sent": ask.say("Sent"),
        "cancelled": ask.say("Skipped"),
        "expired": ask.say("Expired"),
        "": ask.say("All"),
    }[group]


def status_of(ask: Ask, line: Line) -> tuple[str, str]:
    """(tone, words) of where a letter stands, with when."""
    zone, group = ask.place.zone, GROUP_OF[line.status]

    def moment(instant: int) -> str:
        return dates.short_moment(instant, zone, ask.language)

    if line.bounced_at is not None and line.status == "sent":
        return TONES["back"], ask.say("came back %(when)s", when=moment(line.bounced_at))
    if line.status == "leased":
        words = ask.say("leaving just now")
    elif line.status == "retry":
        words = ask.say("tried %(times)s times, again %(when)s", times=line.attempts, when=moment(line.next_try_at))
    elif line.status == "waiting":
        due = line.next_try_at <= ask.now
        words = ask.say("leaves now") if due else ask.say("leaves %(when)s", when=moment(line.next_try_at))
    elif line.ended_at is not None:
        words = {
            "sent": ask.say("sent %(when)s", when=moment(line.ended_at)),
            "failed": ask.say("failed %(when)s", when=moment(line.ended_at)),
            "cancelled": ask.say("skipped %(when)s", when=moment(line.ended_at)),
            "expired": ask.say("expired %(when)s", when=moment(line.ended_at)),
        }[line.status]
    else:
        words = ask.say("held")
    return TONES[group], words


def why_not(ask: Ask, refusal: Refusal, line: Line | None) -> str:
    """Why an act is refused, with what has become of the letter meanwhile."""
    if refusal.code in ("status", "written", "replaced", "edited") and line is not None:
        if refusal.code == "replaced":
            return ask.say("Letter %(number)s goes in its place.", number=refusal.facts["letter"])
        if refusal.code == "edited":
            return ask.say("It says what its programme says already.")
        if refusal.code == "written":
            return ask.say("It is written already, and is sent as it is. Have another one written in its place.")
        return ask.say("Nothing was changed. Meanwhile this letter: %(status)s.", status=status_of(ask, line)[1])
    sentences = {
        ("nothing", ""): ask.say("Nothing was changed: these letters have left meanwhile, or somebody was first."),
        ("account", ""): ask.say("It holds a link that is for its reader alone."),
        ("conflict", ""): ask.say("You have a conflict with a dossier that this letter tells of."),
        ("subject", "empty"): ask.say("Write a subject: it is what people read first."),
        ("subject", "long"): ask.say("The subject is too long: at most %(most)s characters.",
                                     most=refusal.facts.get("most", "")),
        ("body", "empty"): ask.say("The letter says nothing below its subject."),
        ("body", "long"): ask.say("The letter is too long: at most %(most)s characters.",
                                  most=refusal.facts.get("most", "")),
        ("body", "unreadable"): ask.say("It cannot be sent so: %(said)s.", said=refusal.facts.get("said", "")),
    }  # fmt: skip
    known = sentences.get((refusal.code, str(refusal.facts.get("because", ""))))
    return known or said_by(ask, refusal)
