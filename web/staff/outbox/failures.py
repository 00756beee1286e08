"""What does it mean that a letter did not arrive, and what can be done?"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from web.ask import Ask

_CODE = re.compile(r"\b([245]\d\d)(?:[ -](?:#)?([245]\.\d{1,3}\.\d{1,3}))?\b")
_FILE = re.compile(r"^(letters/[a-z]+/[^:]+\.md|this letter)(?::(\d+))?: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Failure:
    """A letter's failure: in a few words, what it means, what to do, and the answer of the mail server as it came."""

    title: str
    means: str
    to_do: str
    code: str
    answer: str
    wrong_address: bool = False


def failure(ask: Ask, reply: str | None) -> Failure:
    """What is known of a failure."""
    answer = (reply or "").strip()
    say = ask.say
    if found := _FILE.match(answer):
        where = f"{found[1]}:{found[2]}" if found[2] else found[1]
        return Failure(
            say("It could not be written"), say("The text of the letter asks for something that is not there."),
            say("Mend the letter, or write this one by hand; then retry it."), where, answer,
        )  # fmt: skip
    if "is not an address" in answer or "is not one address" in answer:
        return _unknown_address(ask, "", answer)
    said = _CODE.search(answer)
    basic, enhanced = (said[1], said[2] or "") if said else ("", "")
    code = f"{basic} {enhanced}".strip()
    for fits, tell in _KINDS:
        if fits(basic, enhanced, answer.lower()):
            return tell(ask, code, answer)
    if basic.startswith("4") or (answer and not basic):
        return Failure(
            say("Their mail server was not ready"),
            say("For five days it said “later” every time, or did not answer."),
            say("Retry it. If it fails again, reach the person another way."), code, answer,
        )  # fmt: skip
    return Failure(
        say("Their mail server did not take it"), say("It says why in its own words, below."),
        say("Read the answer; retry it, or reach the person another way."), code, answer,
    )  # fmt: skip


def _unknown_address(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("There is no such address"), ask.say("It was mistyped, or the person has left."),
        ask.say("Ask for the right address, and correct it here."), code, answer, wrong_address=True,
    )  # fmt: skip


def _unknown_domain(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("What stands behind the @ takes no mail"), ask.say("That name does not exist, or has no mail server."),
        ask.say("Ask for the right address, and correct it here."), code, answer, wrong_address=True,
    )  # fmt: skip


def _full(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("The mailbox is full"), ask.say("The address is right; nothing more fits in."),
        ask.say("Retry it in some days, or send it to another address of theirs."), code, answer,
    )  # fmt: skip


def _closed(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("The mailbox takes no mail"), ask.say("It was shut, or is not allowed to receive."),
        ask.say("Ask for another address, and correct it here."), code, answer, wrong_address=True,
    )  # fmt: skip


def _too_big(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("The letter is too big for them"), ask.say("Their mail server takes smaller letters only."),
        ask.say("Write this one by hand, shorter."), code, answer,
    )  # fmt: skip


def _unwanted(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("Their mail server refused it as unwanted"),
        ask.say("It takes the letter for advertising, or does not trust our mail server."),
        ask.say("Show the answer to whoever runs our mail (SPF, DKIM, block lists); then retry it."), code, answer,
    )  # fmt: skip


def _who_are_we(ask: Ask, code: str, answer: str) -> Failure:
    return Failure(
        ask.say("Our own mail server does not let us in"),
        ask.say("The user name or password in the settings is wrong."),
        ask.say("Tell whoever runs this installation; then retry all that failed."), code, answer,
    )  # fmt: skip


Fits = Callable[[str, str, str], bool]
_KINDS: tuple[tuple[Fits, Callable[[Ask, str, str], Failure]], ...] = (
    (lambda basic, _, __: basic in ("530", "534", "535", "538"), _who_are_we),
    (lambda _, enhanced, __: enhanced[2:] in ("1.2", "1.10", "4.4", "1.8"), _unknown_domain),
    (lambda _, enhanced, __: enhanced[2:] in ("1.1", "1.0", "1.3", "1.6"), _unknown_address),
    (lambda _, enhanced, said: enhanced[2:] == "2.2" or "quota" in said or "mailbox full" in said, _full),
    (lambda _, enhanced, __: enhanced[2:] in ("2.1", "2.0"), _closed),
    (lambda basic, enhanced, said: enhanced[2:] in ("3.4", "2.3") or (basic == "552" and "size" in said), _too_big),
    (lambda _, enhanced, said: enhanced[2:4] == "7." or "spam" in said or "blocked" in said, _unwanted),
    (
        lambda basic, _, said: basic in ("550", "551", "553") and any(
            word in said for word in ("unknown", "no such", "not exist", "not found", "unavailable", "recipient")
        ),
        _unknown_address,
    ),
)  # fmt: skip
"""the first that fits is said"""
