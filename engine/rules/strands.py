"""May a dossier stand in that strand, and may a strand have dates of its own?"""

from engine.errors import Refusal, did_you_mean
from engine.rules.round import Round
from engine.rules.times import EdgeName, Moment, Window
from engine.rules.workflow import Workflow


def strand_refusal(workflow: Workflow, strand: str | None) -> Refusal | None:
    """Why a dossier of these rules cannot stand there, or None: in one strand where there are any, else in none."""
    titles = workflow.strands
    if strand is None:
        if not titles:
            return None
        named = ", ".join(titles)
        sentence = f"say in which strand the dossier stands: {named}"
        return Refusal("strand", sentence, {"because": "none", "strands": " / ".join(titles.values())})
    if not titles:
        return Refusal("strand", f"{workflow.programme} has no strands", {"because": "no strands"})
    if strand not in titles:
        sentence = f'there is no strand "{strand}"{did_you_mean(strand, titles)}'
        return Refusal("strand", sentence, {"because": "unknown", "strand": strand})
    return None


def together_in(workflow: Workflow, round: Round, phase: str, *edges: EdgeName) -> tuple[str, str] | None:
    """Why these edges of a phase are the same for all strands (a word, and a sentence), or None.

    What is given out over the whole round cannot begin for one strand, nor what is approved as one batch; batches are
    cut for all; and what goes by the clocks of each applicant is one date, at which each of these has its instant.
    """

    def hangs(moment: Moment | None) -> bool:
        return moment is not None and moment.phase == phase and moment.edge in edges

    def bounded(window: Window | None) -> bool:
        return window is not None and (hangs(window.start) or hangs(window.end))

    if round.cut == phase:
        return "cut", "it is cut into batches"
    if phase in round.by_applicant:
        return "clocks", "it goes by the clocks of each applicant"
    for move in workflow.transitions.values():
        if move.release != "auto" and hangs(move.effect or move.moment):
            return "release", f'what is approved for "{move.effect or move.moment}" goes together'
        if move.frees and bounded(move.window):
            return "places", f'"{move.name}" gives places to all who wait'
    return None
