"""What do staff see and do about the seats of meetings: who has one, who waits, how many there are?"""

from web.routes import Pages
from web.staff.seats import acting, listing, one, sheet

pages = Pages()
for _area in (listing, sheet, one, acting):
    pages.declared += _area.pages.declared
