"""What do staff see and do about the money that was promised: what is to be paid, and what was?"""

from web.routes import Pages
from web.staff.pay import bringing, listing, one

pages = Pages()
for _area in (listing, bringing, one):
    pages.declared += _area.pages.declared
