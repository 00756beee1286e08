"""Which words may a programme be written in?

One place for every table, key, guard and kind of value of docs/workflow-format.md. The reader, the JSON Schema and
the documentation are all made from it, or held to it by a test.
"""

from engine.files.vocabulary.guards import GUARDS
from engine.files.vocabulary.kinds import KINDS
from engine.files.vocabulary.round import ROUND
from engine.files.vocabulary.shapes import Key, Kind, Table, key_of, later
from engine.files.vocabulary.workflow import QUESTION, WORKFLOW

__all__ = ["GUARDS", "KINDS", "QUESTION", "ROUND", "WORKFLOW", "Key", "Kind", "Table", "key_of", "later"]
