"""What is a moment, a role or the fate of a letter called on the pages about what is released?"""

from engine.rules.agenda import moment_and_intake
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF
from web.ask import Ask


def moment_said(ask: Ask, moment: str) -> str:
    """A moment of the calendar by the title of its phase: `Approval opens`, `3 days before Call closes`."""
    before, _, rest = moment.rpartition(" before ")
    after, _, rest = rest.rpartition(" after ") if not before else ("", "", rest)
    phase, _, edge = rest.partition(" ")
    title = ask.said(ask.place.workflow.phases.get(phase, phase))
    said = ask.say("%(phase)s opens", phase=title) if edge == "opens" else ask.say("%(phase)s closes", phase=title)
    span = (before or after).split(" ")
    if len(span) != 2:
        return said
    how_long = f"{span[0]} {_unit(ask, span[1])}"
    if before:
        return ask.say("%(span)s before “%(moment)s”", span=how_long, moment=said)
    return ask.say("%(span)s after “%(moment)s”", span=how_long, moment=said)


def batch_said(ask: Ask, batch: str) -> str:
    """What is released together: its moment, and which batch of the intake where it comes for each."""
    moment, intake = moment_and_intake(batch)
    said = moment_said(ask, moment)
    return said if intake is None else ask.say("%(moment)s, batch %(number)s", moment=said, number=intake)


def _unit(ask: Ask, word: str) -> str:
    units = {
        "day": ask.say("day"), "days": ask.say("days"), "week": ask.say("week"), "weeks": ask.say("weeks"),
        "month": ask.say("month"), "months": ask.say("months"), "year": ask.say("year"), "years": ask.say("years"),
    }  # fmt: skip
    return units.get(word, word)


def role_said(ask: Ask, role: str) -> str:
    """To whom a letter goes."""
    committees = ask.place.workflow.committees
    if role in committees:
        return ask.said(committees[role].title)
    known = {APPLICANT: ask.say("Applicants"), STAFF: ask.say("Staff"), EVERYONE: ask.say("Everybody who asked")}
    return known.get(role, role)


def language_said(ask: Ask, language: str) -> str:
    known = {"nl": ask.say("Dutch"), "fr": ask.say("French"), "en": ask.say("English")}
    return known.get(language, language)


def status_said(ask: Ask, status: str) -> tuple[str, str]:
    """What became of a letter, and with which tone that is said."""
    known = {
        "sent": (ask.say("sent"), "good"), "waiting": (ask.say("on its way"), "neutral"),
        "leased": (ask.say("on its way"), "neutral"), "retry": (ask.say("tried again"), "warn"),
        "held": (ask.say("held"), "warn"), "failed": (ask.say("failed"), "bad"),
        "cancelled": (ask.say("cancelled"), "neutral"), "expired": (ask.say("too late, not sent"), "warn"),
    }  # fmt: skip
    return known.get(status, (status, "neutral"))
