"""What does somebody do to see one page?"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Look:
    """One page, as somebody comes to it; `does` is what they do there first, such as sending a form."""

    name: str
    path: str
    email: str = ""
    does: Callable[[Page], None] | None = None
    proved: bool = True


def sends(button: str, **fields: str) -> Callable[[Page], None]:
    """Fills in fields, by id, and presses a button, by its place: it is called otherwise in each language."""

    def do(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        page.click(f"main {button}")
        page.wait_for_load_state()

    return do
