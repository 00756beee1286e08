"""What do staff see and do about what is owed after the award: how far is everybody, and what awaits their review?"""

from web.routes import Pages
from web.staff.owed import agreeing, giving, progress, reviewing, sheet

pages = Pages()
for _area in (progress, sheet, reviewing, agreeing, giving):
    pages.declared += _area.pages.declared
