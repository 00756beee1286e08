"""What does a person say of themselves?"""

from sqlalchemy import update
from sqlmodel import Session, col

from engine.database.records import PersonRow


def describe(session: Session, person_id: int, *, name: str, language: str) -> None:
    """Set a person's name and the language they are written to in."""
    session.connection().execute(
        update(PersonRow).where(col(PersonRow.id) == person_id).values(name=name, language=language)
    )
