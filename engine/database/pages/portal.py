"""What else do the pages of applicants ask: dates of many dossiers at once, and one letter about one dossier?"""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_
from sqlmodel import Session, col, select

from engine.database.pages.people import LetterText, letter
from engine.database.records import DossierRow, ExtensionRow, NotificationRow


def extensions_of_dossiers(session: Session, dossier_ids: Sequence[int]) -> Mapping[int, Sequence[ExtensionRow]]:
    """dossier -> what was extended for it or for all of its round, oldest first."""
    rows = session.exec(
        select(DossierRow.id, ExtensionRow)
        .join(ExtensionRow, col(ExtensionRow.round_id) == col(DossierRow.round_id))
        .where(
            col(DossierRow.id).in_(dossier_ids),
            or_(col(ExtensionRow.dossier_id).is_(None), col(ExtensionRow.dossier_id) == col(DossierRow.id)),
        )
        .order_by(col(ExtensionRow.id))
    ).all()
    found: dict[int, list[ExtensionRow]] = {number: [] for number in dossier_ids}
    for dossier_id, row in rows:
        found[dossier_id or 0].append(row)
    return found


def letter_about(session: Session, person_id: int, dossier_id: int, number: int) -> LetterText | None:
    """A letter about that dossier that was sent to this person; None for any other."""
    about = session.exec(select(NotificationRow.dossier_id).where(col(NotificationRow.id) == number)).first()
    return letter(session, person_id, number) if about == dossier_id else None
