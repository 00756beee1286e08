"""What would a letter look like that nobody has been written yet?

Rendered as it would be, from facts that somebody else gathers, and kept nowhere.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from engine.database.records import PersonRow, RoundRow
from engine.files.reading import Programme
from notifications.account_facts import judge
from notifications.accounts import AccountLetters
from notifications.message import Letter
from notifications.rendering import Renderer
from notifications.shipped import shipped


class LetterSamples:
    """Letters for people who look before anything is sent."""

    def __init__(self, renderer: Renderer, letters: AccountLetters) -> None:
        self.renderer = renderer
        self.letters = letters

    def of_programme(
        self, programme: Programme, *, letter: str, language: str, role: str, shared: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> Letter:  # fmt: skip
        """A letter of a programme, as `Renderer.render` writes it. Raises CannotRender with the reason."""
        return self.renderer.render(
            programme, letter=letter, language=language, role=role, shared=shared, facts=facts
        )

    def of_ours(
        self, session: Session, round: RoundRow, person: PersonRow, *, letter: str, facts: Mapping[str, Any]
    ) -> Letter:
        """A letter of a round that no programme owns, as that person would get it; one without secrets.

        Raises GrantcycleError for facts that it is not given, CannotRender for a letter that cannot be written.
        """
        judge(letter, facts)
        language, shared = self.letters.shared(session, round, person.language)
        said = {"person": {"name": person.name}, **facts}
        return self.renderer.render_account(
            shipped(), letter=letter, language=language, shared=shared, facts=said, secrets={}
        )
