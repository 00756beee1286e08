"""Which small programme is read aloud and drawn in these tests?"""

from collections.abc import Sequence

from on_disk import WRITTEN, programme_in, written

from engine.files.reading import Programme
from engine.rules.times import Moment
from engine.rules.workflow import State, Transition, Workflow

FILES = written("small-prizes")
WORKFLOW, ROUND = FILES["workflow.toml"], FILES["rounds/2021.toml"]
LETTERS = ("received", "not-won", "won", "won-by", "lost", "hurry", "late", "begin")


def small_prizes() -> Programme:
    """A programme of two phases and one language, in which each kind of table has something to say."""
    return programme_in(WRITTEN / "small-prizes")


def drawn(
    states: Sequence[str], ends: Sequence[str], moves: Sequence[tuple[str, Sequence[str], str, str]]
) -> Programme:
    """A programme with just these states and moves: (name, from, to, role or "calendar")."""
    workflow = Workflow(
        programme="drawn",
        title="Drawn",
        language="en",
        languages=("en",),
        begins_in=states[0],
        ends_in=tuple(ends),
        currency=None,
        committees={},
        phases={"call": "Call"},
        states={name: State(name, name.replace("_", " "), name, name, "call") for name in states},
        questions={},
        deliverables={},
        criteria={},
        meetings={},
        transitions={
            name: Transition(
                name,
                tuple(sources),
                target,
                by=None if role == "calendar" else role,
                when=Moment("call", "closes") if role == "calendar" else None,
            )
            for name, sources, target, role in moves
        },
        obligations={},
        reminders={},
        promises={},
        announcements={},
    )
    return Programme("drawn", workflow, {}, {}, {}, "", {})
