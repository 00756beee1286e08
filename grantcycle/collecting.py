"""What has the database of a rehearsal kept?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from engine.database import journal
from engine.database.records import (
    CauseRow,
    ContactRow,
    DeadlineRow,
    DeliveryRow,
    DossierRow,
    LetterRow,
    NotificationRow,
    ObligationRow,
    PersonRow,
    TransitionRow,
)
from engine.database.store import score_of, the_id
from engine.rules.assessing import list_in, said_score
from engine.rules.workflow import Workflow
from grantcycle.rehearsed import Dossier, Due, Event, Mail, Moved, Obliged


def numbers_of(session: Session, round_id: int) -> Mapping[int, str]:
    """dossier id -> number."""
    rows = session.exec(select(DossierRow).where(col(DossierRow.round_id) == round_id)).all()
    return {the_id(row): row.number for row in rows}


def collect_journal(session: Session, round_id: int) -> tuple[Event, ...]:
    """The journal, in the order in which it was written."""
    numbers = numbers_of(session, round_id)
    return tuple(
        Event(row.at, row.what, row.actor, numbers.get(row.dossier_id or 0), row.details)
        for row in journal.read(session, round_id)
    )


def collect_due(session: Session, round_id: int) -> tuple[Due, ...]:
    """What the calendar had to do, in order of time."""
    rows = session.exec(
        select(DeadlineRow)
        .where(col(DeadlineRow.round_id) == round_id)
        .order_by(col(DeadlineRow.due_at), col(DeadlineRow.position), col(DeadlineRow.key))
    ).all()
    return tuple(Due(row.due_at, row.key, row.kind, row.moment, row.ending) for row in rows)


def collect_mails(session: Session, round_id: int) -> tuple[Mail, ...]:
    """The outbox, in the order in which the letters were to leave, with their words."""
    numbers = numbers_of(session, round_id)
    rows = session.exec(
        select(NotificationRow, CauseRow, PersonRow.name)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .join(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id))
        .where(col(NotificationRow.round_id) == round_id)
        .order_by(col(NotificationRow.leaves_at), col(NotificationRow.id))
    ).all()
    letters = {letter.notification_id: letter for letter in session.exec(select(LetterRow)).all()}
    mails = []
    for row, cause, name in rows:
        letter = letters.get(the_id(row))
        own = (numbers[row.dossier_id],) if row.dossier_id else ()
        listed = tuple(line["number"] for line in row.facts.get("dossiers", ()))
        mails.append(
            Mail(
                id=the_id(row), caused_at=cause.at, leaves_at=row.leaves_at,
                sent_at=row.ended_at if row.status == "sent" else None, cause=cause.name, role=row.role,
                letter=row.letter, language=row.language, name=name, address=row.address, numbers=own or listed,
                status=row.status, tries=row.attempts, subject=letter.subject if letter else "",
                text=letter.text if letter else "", html=letter.html if letter else "", shared=cause.facts,
                facts=row.facts,
            )
        )  # fmt: skip
    return tuple(mails)


def collect_dossiers(session: Session, workflow: Workflow, round_id: int) -> tuple[Dossier, ...]:
    """Every dossier with its path and what it owed, by number."""
    path: dict[int, list[Moved]] = defaultdict(list)
    for moved in session.exec(select(TransitionRow).order_by(col(TransitionRow.id))).all():
        path[moved.dossier_id].append(Moved(moved.at, moved.name, moved.source, moved.target))
    first: dict[int | None, bool] = {}
    for delivery in session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all():
        first.setdefault(delivery.obligation_id, delivery.late)
    owed: dict[int, list[Obliged]] = defaultdict(list)
    for row in session.exec(select(ObligationRow).order_by(col(ObligationRow.due_at), col(ObligationRow.id))).all():
        owed[row.dossier_id].append(_obliged(row, first.get(row.id)))
    languages = _first_languages(
        session.exec(
            select(ContactRow.dossier_id, PersonRow.language)
            .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
            .order_by(col(ContactRow.id).desc())
        ).all()
    )
    rows = session.exec(
        select(DossierRow).where(col(DossierRow.round_id) == round_id).order_by(col(DossierRow.number))
    ).all()
    return tuple(
        Dossier(
            number=row.number, organisation=row.organisation, language=languages.get(the_id(row), workflow.language),
            started_at=row.started_at, received_at=row.received_at, score=_score(session, workflow, row),
            state=row.state, path=tuple(path[the_id(row)]), owed=tuple(owed[the_id(row)]),
        )
        for row in rows
    )  # fmt: skip


def _score(session: Session, workflow: Workflow, row: DossierRow) -> float | None:
    """A dossier's score as people read it."""
    return said_score(workflow, list_in(workflow, row.state), score_of(session, workflow, the_id(row)))


def _first_languages(contacts: Sequence[tuple[int, str]]) -> dict[int, str]:
    """dossier id -> the language of its first contact; `contacts` come last first."""
    return dict(contacts)


def _obliged(row: ObligationRow, late: bool | None) -> Obliged:
    return Obliged(
        name=row.name, position=row.position, due_at=row.due_at, last_day=date.fromisoformat(row.last_day),
        met_at=row.fulfilled_at, excused_at=row.excused_at, overdue_at=row.overdue_at, late=late,
    )  # fmt: skip
