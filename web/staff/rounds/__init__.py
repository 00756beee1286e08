"""Rounds as a whole: the rules they run on, who takes part, what has happened, and how a new one is opened."""

from web.routes import Pages
from web.staff.rounds import (
    beginning,
    copying,
    draft,
    draft_acts,
    everybody,
    health,
    journal,
    listing,
    parts,
    picture,
    rules,
    settings,
    uploading,
)

pages = Pages()
for _part in (
    listing, beginning, copying, uploading, draft, draft_acts, picture, rules, journal, parts, everybody, health,
    settings,
):  # fmt: skip
    pages.declared.extend(_part.pages.declared)
