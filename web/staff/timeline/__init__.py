"""What do staff see and decide of a round's dates: the timeline, extensions, and what applicants ask for?"""

from web.routes import Pages
from web.staff.timeline import show

pages = Pages()
for _area in (show,):
    pages.declared += _area.pages.declared
