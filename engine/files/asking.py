"""Which question is meant in a file, and which of its choices?

A question is named alone, or with its deliverable before it where two forms have one of that name: `report.outcome`.
"""

from collections.abc import Iterator
from typing import Any

from engine.errors import did_you_mean
from engine.files.source import Spot, written

KINDS_OF_WHOLES = ("number", "money", "schedule")
Found = tuple[str, Any]
"""the key of a question, and what its table says"""


def read_answers(value: object, spot: Spot) -> dict[str, tuple[str, ...]] | None:
    """`{ question = choice(s) }`, by the keys of the questions; None after a complaint."""
    if not isinstance(value, dict) or not value:
        spot.complain(f'must be {{ question = "choice" }}, not {"empty" if value == {} else written(value)}')
        return None
    read = {}
    for name, raw in value.items():
        found = find(name, spot.at(name))
        choices = None if found is None else _choices(raw, found[1], spot.at(name))
        if found is not None and choices is not None:
            read[found[0]] = choices
    return read if len(read) == len(value) else None


def find(name: str, spot: Spot) -> Found | None:
    """The question of that name that may be asked about here; None after a complaint."""
    here = _form_of(spot)
    forms = dict(_forms(spot))
    near = [form for form in dict.fromkeys((here, None)) if form in forms]
    named, _, alone = name.rpartition(".")
    found: list[str | None]
    if named:
        found = [named] if alone in forms.get(named, {}) else []
    else:
        found = next(([one] for one in near if name in forms[one]), []) or [one for one in forms if name in forms[one]]
        alone = name
    if not found:
        known = [_key(one, question) for one, questions in forms.items() for question in questions]
        spot.complain(f'there is no question "{name}"{did_you_mean(name, known)}')
        return None
    if len(found) > 1:
        where = " or ".join(f'"{one}.{name}"' for one in found)
        spot.complain(f'"{name}" is asked in several forms; write {where}')
        return None
    if not _stands_before(found[0], alone, here, spot):
        return None
    return _key(found[0], alone), forms[found[0]][alone]


def read_whole(name: str, spot: Spot) -> str | None:
    """The key of the question that a limit is a part of; None after a complaint.

    Its answer must be there whenever the limit counts, and of a kind that can be compared.
    """
    found = find(name, spot)
    if found is None:
        return None
    key, whole = found[0], _table(found[1])
    part = _table(dict(_forms(spot))[_form_of(spot)].get(_own_name(spot)))
    kind, of = str(part.get("kind", "text")), str(whole.get("kind", "text"))
    if of not in KINDS_OF_WHOLES:
        spot.complain(f'"{key}" has the kind "{of}", and a limit is a part of {" or ".join(KINDS_OF_WHOLES)} only')
    elif kind in KINDS_OF_WHOLES and (kind == "number") != (of == "number"):
        spot.complain(f'"{key}" has the kind "{of}" and this question "{kind}"; that cannot be compared')
    elif whole.get("required") is not True:
        spot.complain(f'"{key}" need not be answered; write required = true there, or there would be no limit')
    elif whole.get("only_if") not in (None, part.get("only_if")):
        spot.complain(f'"{key}" is not always asked; only_if must be the same in both, or there would be no limit')
    else:
        return key
    return None


def _forms(spot: Spot) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Each form of the file with its questions as they are written; that of the dossier itself is None."""
    data = spot.source.data or {}
    yield None, _table(data.get("question"))
    for name, deliverable in _table(data.get("deliverable")).items():
        yield name, _table(_table(deliverable).get("question"))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _key(form: str | None, question: str) -> str:
    return f"{form}.{question}" if form else question


def _form_of(spot: Spot) -> str | None:
    """The deliverable whose question has this condition; None for the dossier's own form, and for a move."""
    return str(spot.path[1]) if spot.path[0] == "deliverable" else None


def _own_name(spot: Spot) -> str:
    """The question in whose table something stands: [question.NAME], [deliverable.FORM.question.NAME]."""
    return str(spot.path[1 if _form_of(spot) is None else 3])


def _stands_before(form: str | None, question: str, here: str | None, spot: Spot) -> bool:
    """A condition of a question may only name one that is answered before it."""
    if spot.path[0] not in ("question", "deliverable"):
        return True
    if form not in (here, None):
        spot.complain(f'"{form}" is another form; a question is asked by what this one says, or the dossier\'s own')
        return False
    if form == here:
        own = _own_name(spot)
        order = list(dict(_forms(spot))[form])
        if own in order and order.index(question) >= order.index(own):
            spot.complain(f'"{question}" is asked later; put the question before the one that hangs on it')
            return False
    return True


def _choices(value: object, question: object, spot: Spot) -> tuple[str, ...] | None:
    """One of the choices of a question, or several."""
    table = _table(question)
    if table.get("kind") != "choice":
        spot.complain('is no question with choices: write kind = "choice" there')
        return None
    known = [choice for choice in table.get("choices", ()) if isinstance(choice, str)] \
        if isinstance(table.get("choices"), list) else []  # fmt: skip
    chosen: list[Any] = value if isinstance(value, list) else [value]
    if not chosen:
        spot.complain("is an empty list")
        return None
    sound = True
    for one in chosen:
        if not isinstance(one, str):
            spot.complain(f"must be one of the choices, not {written(one)}")
            sound = False
        elif known and one not in known:
            hint = did_you_mean(one, known) or "; known: " + ", ".join(f'"{choice}"' for choice in known)
            spot.complain(f'"{one}" cannot be chosen there{hint}')
            sound = False
    if sound and known and set(known) <= set(chosen):
        spot.complain("names every choice; that says no more than that it is answered", "warning")
    return tuple(dict.fromkeys(chosen)) if sound else None
