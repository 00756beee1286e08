"""Rehearsals: a whole round in virtual time before it is opened, asked for on the pages and played apart."""

from web.routes import Pages
from web.staff.rehearsals import asking, beside, one

pages = Pages()
for _part in (asking, one, beside):
    pages.declared.extend(_part.pages.declared)
