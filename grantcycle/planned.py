"""How does a plan read: for people, line by line, and for programs?"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from engine.cycle.planning import FOR_EVER
from engine.cycle.plans import Gate, Moved, Plan, Told
from engine.rules.difference import Changed
from grantcycle import console
from grantcycle.instants import both, local

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
LISTED = 20
"""so many lines of a kind are written out, and the rest counted"""


def as_text(plan: Plan, zone: str, typed: str) -> Iterator[str]:
    """The lines for people: `+` comes, `-` goes, `~` is another. `typed` is how the round was named: what is proposed
    goes by the same files."""
    yield f"{plan.round}: what its files say now, beside what it runs on. Local times of {zone}."
    if not plan.changes:
        yield "Nothing is different."
        return
    for title, lines in _parts(plan, zone):
        if found := list(lines):
            yield ""
            yield title
            yield from (f"  {line}" for line in found[:LISTED])
            if len(found) > LISTED:
                yield f"  ... and {len(found) - LISTED} more"
    for text in plan.texts:
        if text.file.endswith(".md") or text.file.startswith("words."):
            yield ""
            yield f"{SIGNS[text.kind]} {text.file}"
            yield from (f"  {line}" for line in text.lines[2:])
    yield ""
    yield from _verdict(plan, shlex.quote(typed))


def _whose(moved: Moved) -> str:
    """An edge, with the strand for which it moves."""
    part = moved.strand or moved.clocks
    return moved.moment if part is None else f"{moved.moment} ({part})"


def _parts(plan: Plan, zone: str) -> Iterator[tuple[str, Iterator[str]]]:
    end = "the end" if plan.until == FOR_EVER else local(plan.until, zone)
    yield "Rules", (line for rule in plan.rules for line in _rule(rule))
    yield "Dates", (
        f"{_sign(one.was, one.now)} {_whose(one)}: {_from_to(one.was, one.now, zone)}" + _concerned(one.dossiers)
        for one in plan.dates
    )  # fmt: skip
    yield "Gates", (_gate(one) for one in plan.gates)
    yield "Dossiers that are led to another state at once", (
        f"~ {one.number}: {one.source} -> {one.target} ({one.transition})" for one in plan.at_once.moved
    )
    yield f"What the calendar does, until {end}", (line for line in _deadlines(plan, zone))
    yield f"Dossiers that then stand elsewhere, at {end}", (
        f"~ {number}: {was} -> {now}" for number, (was, now) in plan.elsewhere.items()
    )
    yield f"Letters, until {end}", (_told(one, zone) for one in plan.told)
    yield f"What is owed, at {end}", (
        f"{_sign(was or None, now or None)} {name} {position}, last day {day}, {became}: {was} -> {now}"
        for (name, position, day, became), (was, now) in plan.debts.items()
    )
    yield "Approvals that count no more, since the batch holds something else", (f"- {batch}" for batch in plan.void)


def _concerned(dossiers: int) -> str:
    return f" ({console.count(dossiers, 'dossier')})" if dossiers else ""


def _rule(rule: Changed) -> Iterator[str]:
    called = f"[{rule.table}.{rule.name}]" if rule.name else f"[{rule.table}]"
    if rule.kind != "changed":
        yield f"{SIGNS[rule.kind]} {called}"
        return
    for key in rule.keys:
        yield f"~ {called} {key.key}: {key.was or 'nothing'} -> {key.now or 'nothing'}"


def _sign(was: object, now: object) -> str:
    return "+" if was is None else "-" if now is None else "~"


def _from_to(was: int | None, now: int | None, zone: str) -> str:
    if was is None or now is None:
        return local(now if was is None else was, zone)
    return f"{local(was, zone)} -> {local(now, zone)}"


def _gate(one: Gate) -> str:
    line = f"~ {one.transition}: {one.may_before} could pass, and {one.may_after} can"
    if one.cap_after is not None:
        line += f"; {console.count(one.held, 'place is', 'places are')} held of {one.cap_after}"
    return line + (f", {one.over} more than there would be" if one.over else "")


def _deadlines(plan: Plan, zone: str) -> Iterator[str]:
    for key, (was, now) in plan.deadlines.items():
        old, new = (None if one is None else one[0] for one in (was, now))
        if old != new:
            yield f"{_sign(old, new)} {key}: {_from_to(old, new, zone)}"
        elif was and now:
            yield f"~ {key} on {local(now[0], zone)}: {was[1] or 'to come'} -> {now[1] or 'to come'}"


def _told(one: Told, zone: str) -> str:
    called = f'"{one.letter}" to {one.role}'
    if one.moves:
        return f"~ {called}, {_counts(one.now)}: from {local(one.left_at, zone)} to {local(one.leaves_at, zone)}"
    parts = [
        *([f"{_counts(one.was)} less (from {local(one.left_at, zone)})"] if one.was else []),
        *([f"{_counts(one.now)} more (from {local(one.leaves_at, zone)})"] if one.now else []),
    ]
    return f"{_sign(one.was or None, one.now or None)} {called}: {', '.join(parts)}"


def _counts(languages: Mapping[str, int]) -> str:
    by_language = ", ".join(f"{language} {count}" for language, count in sorted(languages.items()))
    return f"{sum(languages.values())} ({by_language})"


def _verdict(plan: Plan, typed: str) -> Iterator[str]:
    maps = "".join(f" --map {old}={new}" for old, new in plan.mapped.items())
    if plan.reasons:
        yield "This would be refused:"
        yield from (f"  {reason}" for reason in plan.reasons)
        if proposed := "".join(f" --map {old}={near}" for old, near in plan.to_map.items() if near):
            yield f"Perhaps: grantcycle plan {typed}{maps}{proposed}"
        return
    yield f"Nobody is stranded. To do it: grantcycle open --replace {typed}{maps} --reason WHY --as WHO"


def as_json(plan: Plan, zone: str) -> dict[str, Any]:
    """The same for programs, whole: its shape stands in docs/formats.md."""
    return {
        "round": plan.round,
        "timezone": zone,
        "changes": plan.changes,
        **both("until", None if plan.until == FOR_EVER else plan.until, zone),
        "refused": [{"code": reason.code, "sentence": reason.sentence} for reason in plan.reasons],
        "to_map": dict(plan.to_map),
        "mapped": dict(plan.mapped),
        "rules": [
            {
                "table": rule.table, "name": rule.name, "kind": rule.kind,
                "keys": [{"key": key.key, "was": key.was, "now": key.now} for key in rule.keys],
            }
            for rule in plan.rules
        ],
        "dates": [
            {"moment": one.moment, **both("was", one.was, zone), **both("now", one.now, zone), "dossiers": one.dossiers,
             **({"strand": one.strand} if one.strand else {}), **({"clocks": one.clocks} if one.clocks else {})}
            for one in plan.dates
        ],
        "gates": [
            {
                "transition": one.transition, "was": one.was, "now": one.now, "may_before": one.may_before,
                "may_after": one.may_after, "cap_before": one.cap_before, "cap_after": one.cap_after, "held": one.held,
            }
            for one in plan.gates
        ],
        "at_once": [
            {"dossier": one.number, "transition": one.transition, "from": one.source, "to": one.target}
            for one in plan.at_once.moved
        ],
        "deadlines": [
            {
                "key": key, **both("was", was[0] if was else None, zone), **both("now", now[0] if now else None, zone),
                "ending_was": was[1] if was else None, "ending_now": now[1] if now else None,
            }
            for key, (was, now) in plan.deadlines.items()
        ],
        "dossiers": [
            {"dossier": number, "was": was, "now": now} for number, (was, now) in plan.elsewhere.items()
        ],
        "moves": [
            {"transition": name, "from": source, "to": target, **both("at", at, zone), "was": was, "now": now}
            for (name, source, target, at), (was, now) in plan.moves.items()
        ],
        "letters": [
            {
                "role": role, "letter": letter, "language": language, **both("leaves_at", at, zone), "was": was,
                "now": now,
            }
            for (role, letter, language, at), (was, now) in plan.letters.items()
        ],
        "owed": [
            {"obligation": f"{name} {position}", "last_day": day, "became": became, "was": was, "now": now}
            for (name, position, day, became), (was, now) in plan.debts.items()
        ],
        "approvals_void": list(plan.void),
        "texts": [{"file": text.file, "kind": text.kind, "difference": list(text.lines)} for text in plan.texts],
    }  # fmt: skip
