"""Over what does a transition count places, ranks and money: the round, a strand, a batch, or an answer?"""

import sqlalchemy as sa
from sqlmodel import col

from engine.database.cohort.guards import newest
from engine.database.expressions import string_of, text
from engine.database.records import DossierRow
from engine.rules.ranking import STRAND, per_of
from engine.rules.workflow import Transition, Workflow


def scope(workflow: Workflow, transition: Transition) -> sa.ColumnElement[str]:
    """With what a dossier is counted: its strand, its batch or its answer; nothing where it is the whole round."""
    per = per_of(workflow, transition)
    if per is None:
        return text("")
    if per == STRAND:
        return sa.func.coalesce(sa.cast(col(DossierRow.strand), sa.Text), "")
    return sa.func.coalesce(newest(per, string_of), "")
