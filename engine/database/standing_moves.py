"""Which moves of a dossier count?

What has been taken back is history, and so is the taking back; neither says where a dossier has been.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from engine.database.records import TransitionRow

TAKEN_BACK = "taken back"
"""the name of a move that undoes another: no transition of a workflow has a blank in its name"""

MAPPED = "mapped over"
"""the name of a move to a state of other rules than those under which the dossier came where it stood"""


_UNDOING = aliased(TransitionRow)
"""made once: an alias makes each column of its table anew"""


def stands(move: Any = TransitionRow) -> sa.ColumnElement[bool]:
    """The condition that a move (of TransitionRow, or of an alias of it) counts."""
    undone = sa.exists().where(col(_UNDOING.undoes_id) == move.id)
    return sa.and_(move.undoes_id.is_(None), ~undone)
