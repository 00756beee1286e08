"""What will a verdict cause, and when?"""

from collections.abc import Mapping, Sequence

from engine.database.cohort.scopes import called as called_scope
from engine.database.pages.ranking import Line, Purse
from engine.files.prose_words import Voice
from engine.rules.agenda import effect_at
from engine.rules.moments import Calendar
from engine.rules.workflow import APPLICANT, STAFF, Transition
from web.ask import Ask
from web.committee.seat import called
from web.dates import amount, moment


def effects(ask: Ask, calendar: Calendar, transition: Transition, own: int | None = None) -> list[str]:
    """When it takes effect, who approves the letters, and who is told: of one dossier or of several alike.

    `own` is the instant that one dossier has by itself, where it has one and somebody has given that day.
    """
    say, workflow, zone = ask.say, ask.place.workflow, ask.place.zone
    state = called(ask, transition.name)
    at = effect_at(workflow, calendar, transition.effect) if transition.effect else own
    if at is None and transition.own_effect:
        moment_said = Voice(ask.place.programme, None, ask.language).own(transition.own_effect)
        found = [
            say("It goes to “%(state)s” on a day that each dossier has for itself: %(moment)s.", state=state,
                moment=moment_said),
            say("Until then nobody outside knows, and the verdict can be replaced or taken back."),
        ]  # fmt: skip
    elif at is None:
        found = [say("It goes to “%(state)s” at once, and this cannot be taken back.", state=state)]
    elif at <= ask.now:
        found = [say("Its moment is past: it goes to “%(state)s” at once.", state=state)]
    else:
        when = moment(at, zone, ask.language)
        found = [
            say("It goes to “%(state)s” on %(when)s.", state=state, when=when),
            say("Until then nobody outside knows, and the verdict can be replaced or taken back."),
        ]
    if transition.release == "hold":
        found.append(say("Somebody of the staff approves the letters before they leave."))
    elif transition.release == "two people":
        found.append(say("Two people of the staff approve the letters before they leave."))
    for role in transition.tell:
        if role == APPLICANT:
            found.append(say("The applicant is told by mail."))
        elif role == STAFF:
            found.append(say("The staff are told by mail."))
        elif role in workflow.committees:
            title = ask.said(workflow.committees[role].title)
            found.append(say("Told by mail as well: %(committee)s.", committee=title))
    return found


def places(ask: Ask, lines: Sequence[Line], transition: str, *, of_these: int = 0, wanted: int = 0) -> list[str]:
    """How many places a decision has left; `of_these` are held by the dossiers that are decided on now."""
    mine = [one for one in lines if one.transition == transition]
    if len(mine) > 1:  # each part has places of its own
        return [
            ask.say("%(strand)s: %(left)s of %(cap)s places are left.",
                    strand=ask.said(called_scope(ask.place.workflow, one.scope or "")),
                    left=max(one.places - one.standing, 0), cap=one.cap)
            for one in mine
        ]  # fmt: skip
    if not mine:
        return []
    (line,) = mine
    left = max(line.places - line.standing + of_these, 0)
    found = [ask.say("%(left)s of %(cap)s places are left.", left=left, cap=line.cap)]
    if wanted > left:
        found.append(ask.say("That is fewer than the %(wanted)s chosen: the others are refused.", wanted=wanted))
    return found


def money(ask: Ask, purses: Sequence[Purse], transition: str) -> list[str]:
    """How much money a decision has left to give: of the budget, or of each part of it."""
    workflow, found = ask.place.workflow, []
    for purse in purses:
        if purse.transition != transition:
            continue
        left, most = (amount(one, workflow.currency, ask.language) for one in (purse.left, purse.most))
        if purse.scope is None:
            found.append(ask.say("%(left)s of %(most)s are left to give.", left=left, most=most))
        else:
            of = ask.said(called_scope(workflow, purse.scope))
            found.append(ask.say("%(of)s: %(left)s of %(most)s are left to give.", of=of, left=left, most=most))
    return found


def letters(ask: Ask, by_language: Mapping[str, int]) -> str:
    """How many letters the applicants get, by language."""
    count = sum(by_language.values())
    names = {"nl": ask.say("Dutch"), "fr": ask.say("French"), "en": ask.say("English")}
    each = ", ".join(f"{names.get(language, language)} {number}" for language, number in by_language.items())
    said = ask.words.ngettext("%(n)s letter to applicants", "%(n)s letters to applicants", count) % {"n": count}
    return f"{said} ({each})" if each else said
