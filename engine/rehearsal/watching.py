"""Where does the round stand?

What the people of a rehearsal look up before they act: they decide on what is really there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from engine.database.anchors import anchors_of
from engine.database.coming import meeting_for
from engine.database.promised import STILL_OWED, paid_of
from engine.database.records import ContactRow, DossierRow, PersonRow, PromisedRow, TransitionRow, VerdictRow
from engine.database.sitting import scopes_among
from engine.database.store import current_answers, obligations_of, score_of, state_of, the_id
from engine.rules.divided import is_divided
from engine.rules.facts import UNFULFILLED
from engine.rules.meetings_apart import parts_of
from engine.rules.workflow import Meeting, Workflow

# asked after every step: building these anew each time would take longer than the answer
_GLANCE = text(
    "SELECT (SELECT min(fires_at) FROM deadline WHERE ended_at IS NULL AND NOT awaits_release), "
    "(SELECT max(id) FROM obligation)"
)
_LAID_OUT = text(
    "SELECT o.id, d.number, o.name, o.position, o.opens_at, o.due_at FROM obligation o "
    "JOIN dossier d ON d.id = o.dossier_id WHERE d.round_id = :round AND o.id > :last ORDER BY o.id"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A dossier as its state, its first contact and that person's language."""

    number: str
    state: str
    email: str
    language: str
    strand: str | None = None
    clocks: str | None = None


@dataclass(frozen=True, slots=True)
class LaidOut:
    """An obligation that a dossier now has; instants in UTC microseconds."""

    number: str
    name: str
    position: int
    opens_at: int
    due_at: int


@dataclass(frozen=True, slots=True)
class ToPay:
    """A sum that a dossier is to be paid by `due_at`, known `since`; so many cents of it are left."""

    id: int
    number: str
    name: str
    position: int
    left: int
    since: int
    due_at: int


class View:
    """One look at a round, in one reading session."""

    def __init__(self, session: Session, workflow: Workflow, round_id: int) -> None:
        self.session = session
        self.workflow = workflow
        self.round_id = round_id

    @cached_property
    def _glance(self) -> tuple[int | None, int]:
        """When something is due next, and the id of the newest obligation."""
        due, newest = self.session.connection().execute(_GLANCE).one()
        return due, newest or 0

    def next_due(self) -> int | None:
        """When the calendar has something to do next; None when it has nothing."""
        return self._glance[0]

    def _dossier(self, number: str) -> DossierRow:
        wanted = select(DossierRow).where(col(DossierRow.round_id) == self.round_id, col(DossierRow.number) == number)
        return self.session.exec(wanted).one()

    def dossiers_in(self, states: Iterable[str]) -> list[Standing]:
        """The dossiers in these states, by number."""
        rows = self.session.exec(
            select(DossierRow, PersonRow)
            .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
            .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
            .where(col(DossierRow.round_id) == self.round_id, col(DossierRow.state).in_(tuple(states)))
            .order_by(col(DossierRow.number), col(ContactRow.id))
        ).all()
        first: dict[str, Standing] = {}
        for dossier, person in rows:
            found = Standing(
                dossier.number, dossier.state, person.email, person.language, dossier.strand, dossier.clocks
            )
            first.setdefault(dossier.number, found)
        return list(first.values())

    def contact(self, number: str) -> Standing:
        """A dossier with its first contact."""
        return next(found for found in self.dossiers_in((self.state(number),)) if found.number == number)

    def state(self, number: str) -> str:
        return self._dossier(number).state

    def answers(self, number: str) -> Mapping[str, Any]:
        """The answers that stand in the dossier's own form."""
        return current_answers(self.session, the_id(self._dossier(number)))

    def scores(self, numbers: Iterable[str]) -> Mapping[str, float | None]:
        """number -> weighted score, None where nobody scored."""
        return {number: score_of(self.session, self.workflow, the_id(self._dossier(number))) for number in numbers}

    def scopes(self, committee: str, numbers: Iterable[str]) -> Mapping[str, str]:
        """number -> of which strand or answer the committee of that name is before which a dossier lies; nothing where
        there is one for all."""
        ids = {the_id(row): row.number for row in map(self._dossier, numbers)} if is_divided(self.workflow) else {}
        found = scopes_among(self.session, self.workflow, committee, list(ids))
        return {ids[one]: scope for one, scope in found.items()}

    def meeting(self, name: str, number: str) -> Meeting:
        """The meeting that the rules mean by a name, for a dossier: its own, where there is one for each."""
        found = meeting_for(self.session, self.workflow, name, self._dossier(number))
        return found or parts_of(self.workflow, name)[0]

    def verdicts(self) -> Mapping[str, str]:
        """number -> transition of its standing verdict."""
        rows = self.session.exec(
            select(DossierRow.number, VerdictRow.transition)
            .join(VerdictRow, col(VerdictRow.dossier_id) == col(DossierRow.id))
            .where(col(DossierRow.round_id) == self.round_id, col(VerdictRow.ended_at).is_(None))
            .order_by(col(DossierRow.number))
        ).all()
        return dict(rows)

    def laid_out_after(self, last_id: int) -> tuple[list[LaidOut], int]:
        """The obligations that have been laid out since that id, and the id to ask with next time."""
        if self._glance[1] <= last_id:
            return [], last_id
        rows = self.session.connection().execute(_LAID_OUT, {"round": self.round_id, "last": last_id}).all()
        return [LaidOut(*row[1:]) for row in rows], rows[-1][0] if rows else last_id

    def to_pay(self) -> list[ToPay]:
        """What is to be paid by a day that is known, and is not paid yet."""
        rows = self.session.exec(
            select(PromisedRow, DossierRow.number)
            .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
            .where(col(DossierRow.round_id) == self.round_id, STILL_OWED, col(PromisedRow.due_at).is_not(None))
            .order_by(col(PromisedRow.id))
        ).all()
        paid = paid_of(self.session, [row.dossier_id for row, _ in rows])
        return [
            ToPay(the_id(row), number, row.name, row.position, row.cents - paid.get(the_id(row), 0), row.laid_out_at,
                  row.due_at or 0)
            for row, number in rows
        ]  # fmt: skip

    def moved_after(self, last_id: int, names: Iterable[str]) -> tuple[list[tuple[str, str, int]], int]:
        """The moves of these names since that id, as (number, name, instant), and the id to ask with next time."""
        rows = self.session.exec(
            select(TransitionRow.id, DossierRow.number, TransitionRow.name, TransitionRow.at)
            .join(DossierRow, col(DossierRow.id) == col(TransitionRow.dossier_id))
            .where(
                col(DossierRow.round_id) == self.round_id, col(TransitionRow.id) > last_id,
                col(TransitionRow.name).in_(tuple(names)),
            )
            .order_by(col(TransitionRow.id))
        ).all()  # fmt: skip
        return [(number, name, at) for _, number, name, at in rows], rows[-1][0] or last_id if rows else last_id

    def own_days(self, number: str, zone: str) -> Mapping[str, date]:
        """What its own moments hang on -> the day, as far as there is one, by the clocks of a zone."""
        return anchors_of(self.session, self.workflow, the_id(self._dossier(number)), zone)

    def owes(self, number: str) -> bool:
        """Whether a dossier has an obligation that is neither fulfilled nor excused."""
        rows = obligations_of(self.session, the_id(self._dossier(number)))
        return any(state_of(row) in UNFULFILLED for row in rows)
