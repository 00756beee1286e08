"""How do staff plan a day of slots, and ask people to come by it?"""

from web.routes import Pages
from web.staff.plan import invitations, order, printing, writing

pages = Pages()
for area in (order, invitations, printing, writing):
    pages.declared += area.pages.declared
