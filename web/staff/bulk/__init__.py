"""What do staff do to several dossiers at once: what would it cause, then it is done, and perhaps undone?"""

from web.routes import Pages
from web.staff.bulk import doing, history, offering, sample

pages = Pages()
for _area in (offering, doing, sample, history):
    pages.declared += _area.pages.declared
