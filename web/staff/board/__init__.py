"""How do staff look at the dossiers of a round: as a board, as a table, as a file, or by looking for one?"""

from web.routes import Pages
from web.staff.board import board, exports, search, table, views

pages = Pages()
for _area in (search, board, table, exports, views):
    pages.declared += _area.pages.declared
