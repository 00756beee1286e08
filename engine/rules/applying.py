"""Is there something against this applicant: what they handed in before, or what became of it?

The sentences name another dossier only to whoever may know of it.
"""

from collections.abc import Sequence

from engine.errors import Refusal
from engine.rules.conditions import Once, Reach, Recent
from engine.rules.earlier import Before, Other, entered_within, handed_in_within, until
from engine.rules.facts import Facts
from engine.rules.moments import from_instant
from engine.rules.workflow import Workflow

ACROSS = frozenset({"once_per", "clear_of", "follows"})
"""the guards that are judged here; staff may lift them for one dossier, with a reason"""


def once_per(value: object, facts: Facts) -> tuple[Refusal, ...]:
    """A reason for each person or organisation that has handed in another dossier within reach."""
    before = facts.before
    assert before is not None
    if "once_per" in facts.lifted:
        return ()
    reasons = []
    for once in value if isinstance(value, tuple) else ():
        assert isinstance(once, Once)
        other = handed_in_within(once, before)
        if other is None:
            continue
        assert other.received_at is not None
        who = "somebody who speaks for this dossier" if once.of == "person" else "the same organisation"
        day = _day(other.received_at, before)
        reasons.append(
            Refusal(
                "once_per",
                f"{who} has handed in {_which(other, 'another dossier')} on {day}, and one is taken"
                f"{_within(once.reach)}",
                {"because": once.of, "on": day, **_reaching(once.reach, other.received_at, before), **_naming(other)},
            )
        )
    return tuple(reasons)


def clear_of(value: object, facts: Facts, workflow: Workflow) -> tuple[Refusal, ...]:
    """A reason for each state that an earlier dossier of the same organisation entered within reach."""
    before = facts.before
    assert before is not None
    if "clear_of" in facts.lifted:
        return ()
    reasons = []
    for recent in _recent(value):
        if found := entered_within(recent, before, named=False):
            other, at = found
            title, day = workflow.states[recent.state].title, _day(at, before)
            reaching = _reaching(recent.reach, at, before)
            ends = f", which counts until {reaching['until']}" if reaching else ""
            reasons.append(
                Refusal(
                    "clear_of",
                    f'{_which(other, "an earlier dossier")} of the same organisation became "{title}" '
                    f"({recent.state}) on {day}{ends}",
                    {"state": title, "on": day, **reaching, **_naming(other)},
                )
            )
    return tuple(reasons)


def follows(value: object, facts: Facts, workflow: Workflow) -> tuple[Refusal, ...]:
    """A reason where no earlier dossier of the organisation (or not the one that is named) entered such a state."""
    before, wanted = facts.before, _recent(value)
    assert before is not None
    if "follows" in facts.lifted or any(entered_within(one, before, named=True) for one in wanted):
        return ()
    titles = " or ".join(f'"{workflow.states[one.state].title}" ({one.state})' for one in wanted)
    lately = "" if any(one.reach == Reach() for one in wanted) else " so recently"
    told = {"state": workflow.states[wanted[0].state].title}
    if before.names_one:
        sentence = f"the earlier dossier that is named did not become {titles}{lately}"
        return (Refusal("follows", sentence, {"because": "named", **told}),)
    return (Refusal("follows", f"no earlier dossier of the same organisation became {titles}{lately}", told),)


def _recent(value: object) -> Sequence[Recent]:
    return [one for one in value if isinstance(one, Recent)] if isinstance(value, tuple) else []


def _day(at: int, before: Before) -> str:
    return from_instant(at, before.zone).date().isoformat()


def _which(other: Other, otherwise: str) -> str:
    return f"{other.number} ({other.round})" if other.may_be_named else otherwise


def _within(reach: Reach) -> str:
    if reach.rounds is not None:
        return " in a round" if reach.rounds == 1 else f" in {reach.rounds} rounds in a row"
    return f" in {reach.span}" if reach.span else ""


def _naming(other: Other) -> dict[str, str]:
    return {"other": other.number, "other_round": other.round} if other.may_be_named else {}


def _reaching(reach: Reach, at: int, before: Before) -> dict[str, str]:
    day = until(reach, at, before.zone, before.holidays)
    return {"until": day.isoformat()} if day else {}
