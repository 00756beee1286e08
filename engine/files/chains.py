"""Does a chain of moves (`if_not` that names a transition) lead anywhere, and is nobody lost in it?"""

from engine.files.source import Spot
from engine.rules.chains import chain_from
from engine.rules.guards import SCORED
from engine.rules.workflow import Transition, Workflow

BY_MARKS = SCORED | {"rank_at_most"}
"""guards that refuse whoever has no marks"""
READ = ("score", "quorum", "score_at_least")
"""guards that hold for nobody who was not read"""


def check_chains(workflow: Workflow, whole: Spot) -> None:
    """Complain about a link that is none, and about a chain that ends with those whom nobody has read."""
    for transition in workflow.transitions.values():
        if not isinstance(transition.if_not, str):
            continue
        following = workflow.transitions.get(transition.if_not)
        if following is not None and _is_a_link(transition, following, workflow, whole):
            _check_end(transition, workflow, whole)


def _is_a_link(transition: Transition, following: Transition, workflow: Workflow, whole: Spot) -> bool:
    place = whole.at("transition", transition.name, "if_not")
    before = len(whole.source.complaints)
    if transition.moment is None and transition.after is None:
        place.complain("names a transition, which is for what the calendar does at a moment; write who hears of it")
    elif transition in chain_from(workflow, following):
        way = [one.name for one in chain_from(workflow, transition)]
        place.complain(f"leads back to where it began: {', '.join([*way, way[0]])}")
    elif _asked(following) != _asked(transition):
        place.complain(
            f'"{following.name}" does not have the same "from", and "when" or "after": it could not be tried in its '
            "place"
        )
    elif following.position < transition.position:
        place.complain(f'"{following.name}" stands further up: at one moment what stands first in the file goes first')
    elif following.release != transition.release:
        whole.at("transition", following.name, "release").complain(
            f'is "{following.release}", and "{transition.release}" in "{transition.name}", which leads here: what is '
            "held is released as a whole"
        )
    return len(whole.source.complaints) == before


def _asked(transition: Transition) -> tuple[object, ...]:
    return set(transition.sources), transition.when, transition.after


def _check_end(transition: Transition, workflow: Workflow, whole: Spot) -> None:
    """A chain that goes by marks must not take, in the end, whoever nobody has read."""
    chain = chain_from(workflow, transition)
    by_marks = any(guard.word in BY_MARKS for guard in transition.guards)
    last = chain[-1]
    read = any(guard.word in READ and guard.value != "missing" for guard in last.guards)
    if by_marks and not isinstance(last.if_not, str) and not read:
        whole.at("transition", last.name, "only_if").complain(
            f'ends the chain that begins with "{transition.name}", which goes by marks: without '
            '{ score = "written" } it takes those whom nobody has read'
        )
