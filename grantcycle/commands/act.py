"""How does somebody move a dossier?"""

from typing import Annotated

import typer

from engine.rules.workflow import STRAND
from grantcycle import console
from grantcycle.commands.parameters import Answers, As, Files, Json, Number, Reason, RoundName, pairs, wiring_of
from grantcycle.forms import read_answers, read_uploads


def act(
    context: typer.Context,
    round_name: RoundName,
    number: Number,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The transition: submit.", show_default=False)],
    by: As,
    answers: Answers = None,
    files: Files = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Any transition that a person may do. Answers and transition are one act: refused, nothing is kept.

    A transition that sets a new value takes it as an answer: --answer strand=large, or --answer QUESTION=VALUE.

    Example: grantcycle act small-grants/2030 SG30-001 submit --as an@brug.example --file plan=plan.pdf
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    given, uploads = pairs(answers, "--answer"), pairs(files, "--file")
    workflow = wiring.workflow_of(key)
    rule = workflow.transitions.get(name)
    strand = {STRAND: given.pop(STRAND)} if rule and rule.sets == STRAND and STRAND in given else {}
    questions = workflow.questions
    state = wiring.cycle.act(
        key, number, name, by=by, now=wiring.now(), reason=reason,
        answers={**read_answers(questions, given), **strand}, files=read_uploads(uploads),
    )  # fmt: skip
    if as_json:
        console.show_json({"round": key, "number": number, "transition": name, "state": state})
    else:
        console.say(f'{number} is now "{wiring.workflow_of(key).states[state].title}" ({state}).')
