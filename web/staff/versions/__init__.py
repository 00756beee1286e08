"""Rules and dates of a round that runs: its versions, and what a change of them would do."""

from web.routes import Pages
from web.staff.versions import listing, proposing

pages = Pages()
# what is planned stands before the number of a version, which may be anything
for _part in (proposing, listing):
    pages.declared.extend(_part.pages.declared)
