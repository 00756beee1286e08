"""What do staff see and decide of a round's dates: the timeline, extensions, and what applicants ask for?"""

from web.routes import Pages
from web.staff.timeline import asked, extend, fairness, show

pages = Pages()
for _area in (show, extend, asked, fairness):
    pages.declared += _area.pages.declared
