"""What would happen in a round that nobody has held yet?

The plan is read from the workflow's records, never from the names of one programme: whoever may hand in hands in,
whichever committee decides decides, what is owed is met, and a place that is offered is answered.
"""

from engine.rehearsal.answering import Answering
from engine.rehearsal.assessments import AsTheyCome
from engine.rehearsal.committee import decide
from engine.rehearsal.decisions import approve_batches
from engine.rehearsal.gating import stand_before_gates
from engine.rehearsal.handing_in import hand_in
from engine.rehearsal.inventing import Inventor
from engine.rehearsal.owing import Owing
from engine.rehearsal.paying import Paying
from engine.rehearsal.script import Plan
from engine.rehearsal.setting import appoint, ended
from engine.rehearsal.staying import Staying
from engine.rehearsal.unasked import Unasked
from engine.rehearsal.watching import View
from engine.rules.moments import Calendar
from engine.rules.round import Round
from engine.rules.workflow import Workflow


class InventedRound(Plan):
    """All the acts of a round with so many dossiers, from one seed.

    In each committee so many members are `late` with their marks, and so many `conflicts` are declared.
    """

    def __init__(
        self, workflow: Workflow, round: Round, *, dossiers: int, seed: int, late: int = 0, conflicts: int = 1
    ) -> None:
        super().__init__()
        self.setting = setting = appoint(workflow, Calendar(ended(round)), Inventor(seed, workflow), self)
        setting.late, setting.conflicts = late, conflicts
        hand_in(setting, dossiers)
        decide(setting)
        stand_before_gates(setting)
        approve_batches(setting)
        self.opened_by = setting.staff[0].email
        self._owing = Owing(setting)
        self._answering = Answering(setting)
        self._staying = Staying(setting)
        self._unasked = Unasked(setting)
        self._paying = Paying(setting)
        self._as_they_come = AsTheyCome(setting)

    def watch(self, view: View) -> None:
        self._owing.watch(view)
        self._answering.watch(view)
        self._staying.watch(view)
        self._unasked.watch(view)
        self._paying.watch(view)
        self._as_they_come.watch(view)
