"""Which letters does a round write, and how does each read in each language?"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import GrantcycleError
from grantcycle.rehearsed import Mail, Rehearsed
from notifications.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Example:
    """A letter in one language: one that was sent, or the same facts put into words that nobody was sent."""

    language: str
    subject: str
    html: str
    text: str
    to: str
    sent: bool


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter of the programme with everything that was sent of it."""

    letter: str
    roles: tuple[str, ...]
    causes: tuple[str, ...]
    mails: tuple[Mail, ...]
    languages: tuple[tuple[str, int], ...]
    examples: tuple[Example, ...]


def letter_kinds(seen: Rehearsed, renderer: Renderer) -> list[LetterKind]:
    """Every letter that was sent, in the order in which each was first sent."""
    kinds = []
    for letter in dict.fromkeys(mail.letter for mail in seen.mails):
        mails = tuple(mail for mail in seen.mails if mail.letter == letter)
        kinds.append(
            LetterKind(
                letter=letter,
                roles=tuple(dict.fromkeys(mail.role for mail in mails)),
                causes=tuple(dict.fromkeys(_cause(mail) for mail in mails)),
                mails=mails,
                languages=tuple(
                    (language, sum(mail.language == language for mail in mails))
                    for language in seen.programme.workflow.languages
                ),
                examples=tuple(_examples(seen, mails, renderer)),
            )
        )
    return kinds


def _cause(mail: Mail) -> str:
    """`remind SG30-006 2019-06-06` is one of many of the same kind; the rest is told as it is."""
    return "reminder of an obligation" if mail.cause.startswith("remind ") else mail.cause


def _examples(seen: Rehearsed, mails: tuple[Mail, ...], renderer: Renderer) -> Iterator[Example]:
    for language in seen.programme.workflow.languages:
        sent = next((mail for mail in mails if mail.language == language and mail.html), None)
        if sent:
            yield Example(language, sent.subject, sent.html, sent.text, sent.name, sent=True)
            continue
        mail = mails[0]
        try:
            letter = renderer.render(
                seen.programme, letter=mail.letter, language=language, role=mail.role, shared=mail.shared,
                facts=mail.facts,
            )  # fmt: skip
        except GrantcycleError as problem:
            yield Example(language, str(problem), "", str(problem), mail.name, sent=False)
            continue
        yield Example(language, letter.subject, letter.html, letter.text, mail.name, sent=False)


def never_sent(seen: Rehearsed) -> list[str]:
    """The letters that the workflow may tell, of which this round sent none."""
    workflow = seen.programme.workflow
    told: list[str] = []
    for transition in workflow.transitions.values():
        told += transition.tell.values()
        told += [] if isinstance(transition.if_not, str) else transition.if_not.values()
    for obligation in workflow.obligations.values():
        told += obligation.if_not.values()
    for part in (workflow.reminders, workflow.promises, workflow.announcements):
        for one in part.values():
            told += one.tell.values()
    sent = {mail.letter for mail in seen.mails}
    return sorted({letter for letter in told if letter not in sent})
