"""Over what does a transition count places, ranks and money: the round, a strand, a batch, or an answer?"""

import sqlalchemy as sa
from sqlmodel import col

from engine.database.cohort.guards import newest
from engine.database.expressions import string_of, text
from engine.database.records import DossierRow
from engine.rules.workflow import Transition

STRAND = "strand"


def scope(transition: Transition) -> sa.ColumnElement[str]:
    """What a dossier is counted with: its strand, its batch or its answer; nothing where it is the whole round."""
    if transition.per is None:
        return text("")
    if transition.per == STRAND:
        return sa.func.coalesce(sa.cast(col(DossierRow.strand), sa.Text), "")
    return sa.func.coalesce(newest(transition.per, string_of), "")
