"""What may each letter about an account name, and what does each name say in its reader's language?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from email.headerregistry import Address
from types import SimpleNamespace
from typing import Any

from engine.errors import GrantcycleError, Unknown
from engine.rules.moments import from_instant
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF
from notifications.dates import edge, instant
from notifications.facts import Facts, Own
from notifications.languages import ADDRESS, COMMITTEE
from notifications.secrets import CODE, LINK, spaced

NONCE = "nonce"
"""the fact in place of a letter's secrets"""
LINKS = (LINK, "stop")
"""facts that are addresses of our own pages"""
INSTANTS = ("at",)
"""facts that are UTC microseconds, told on the clocks of the round"""
EDGES = ("until", "stands", "opens")
"""facts that are `{"day", "hour", "edge"}`, as the engine's own"""
CHANGES = ("set_up", "removed", "new_codes", "code_used")
"""what can happen to a second factor"""
PARTS = ("staff", "member", "observer")
"""in which part somebody comes into a round"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One letter: the facts that it must and may be given, and why somebody gets it (a key of the words of a frame)."""

    why: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    """those of its names that can be made of a nonce; a code never stands in a letter's facts"""
    urgent: bool = False
    of_a_dossier: bool = False


KINDS: Mapping[str, Kind] = {
    "sign-in": Kind(ADDRESS, ("link_minutes", "code_minutes"), secrets=(LINK, CODE), urgent=True),
    "co-applicant": Kind(ADDRESS, ("by", "title"), secrets=(LINK,), of_a_dossier=True),
    "extension-asked": Kind(STAFF, ("by", "title", "of", "until", "reason", LINK), of_a_dossier=True),
    "extension-refused": Kind(APPLICANT, ("title", "of", "stands", "reason"), (LINK,), of_a_dossier=True),
    "conflict-declared": Kind(STAFF, ("by", "title", LINK), ("reason",), of_a_dossier=True),
    "subscribed": Kind(EVERYONE, ("call", "stop"), ("opens",)),
    "signed-in-elsewhere": Kind(ADDRESS, ("at", "device", LINK), urgent=True),
    "second-factor-changed": Kind(ADDRESS, ("at", "change"), (LINK,), urgent=True),
    "opinions-wanted": Kind(COMMITTEE, ("committee", "count", "dossiers", LINK), ("until", "more")),
    "answer-wanted": Kind(ADDRESS, ("meeting", "opens", LINK)),
    "part-given": Kind(ADDRESS, ("by", "title", "part", LINK), ("committee",)),
    "reply-received": Kind(STAFF, ("count", LINK)),
    "address-corrected": Kind(ADDRESS, ("by", "old", "new"), urgent=True),
    "delivered": Kind(APPLICANT, ("what", "title", "at"), ("receipt", LINK), of_a_dossier=True),
}
"""letter -> what it is about"""


def kind_of(letter: str) -> Kind:
    """Raises Unknown for a letter that is about no account."""
    if letter not in KINDS:
        raise Unknown("letter about an account", letter, KINDS)
    return KINDS[letter]


def judge(letter: str, facts: Facts) -> None:
    """Raises GrantcycleError for facts that the letter is not given, lacks, or must not have."""
    kind = kind_of(letter)
    hidden = kind.secrets if NONCE in facts else ()
    needs = {*kind.needs, *(kind.secrets if not hidden else (NONCE,))}
    if missing := sorted(needs - set(facts)):
        raise GrantcycleError(f'the letter "{letter}" needs {", ".join(missing)}')
    if stray := sorted(set(facts) - needs - set(kind.may)):
        raise GrantcycleError(f'the letter "{letter}" is not given {", ".join(stray)}')
    if CODE in facts:
        raise GrantcycleError(f'the code of "{letter}" may not be kept: give a nonce, of which it is made')
    for name in LINKS:
        if not facts.get(name, "https://").startswith(("https://", "http://")):
            raise GrantcycleError(f'the link "{facts[name]}" of "{letter}" leads nowhere from a mail')
    if facts.get("change", CHANGES[0]) not in CHANGES:
        raise Unknown("change of a second factor", facts["change"], CHANGES)
    if facts.get("part", PARTS[0]) not in PARTS:
        raise Unknown("part in a round", facts["part"], PARTS)


def account_names(
    letter: str, language: str, shared: Facts, facts: Facts, contact: Address, secrets: Mapping[str, str]
) -> dict[str, Any]:
    """The names of one letter. `secrets` are what its nonce stands for, or what is shown in their place."""
    kind, zone = kind_of(letter), shared["timezone"]
    names: dict[str, Any] = dict.fromkeys(kind.may) | {name: facts[name] for name in facts if name != NONCE}
    if NONCE in facts:
        names |= {name: secrets[name] for name in kind.secrets}
    for name, value in names.items():
        if value is None:
            continue
        if name in LINKS:
            names[name] = Own(value)
        elif name == CODE:
            names[name] = Own(spaced(value))
        elif name in INSTANTS:
            names[name] = instant(from_instant(value, zone), zone, language)
        elif name in EDGES:
            hour = time.fromisoformat(value["hour"]) if value["hour"] else None
            names[name] = edge(date.fromisoformat(value["day"]), hour, value["edge"], zone, language)
    names["person"] = SimpleNamespace(**facts["person"])
    if "dossier" in facts:
        names["dossier"] = SimpleNamespace(**facts["dossier"])
    return names | {
        "programme": shared["programme"],
        "contact": SimpleNamespace(name=Own(contact.display_name), email=Own(contact.addr_spec)),
    }


def links_in(names: Mapping[str, Any]) -> list[str]:
    """The addresses of our own pages among a letter's names."""
    return [str(names[name]) for name in LINKS if names.get(name) is not None]
