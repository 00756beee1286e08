"""May a dossier stand in that strand?"""

from engine.errors import Refusal, did_you_mean
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
