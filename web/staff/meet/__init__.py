"""What do staff see and do about meetings: when they take place, who is asked, who came?"""

from web.routes import Pages
from web.staff.meet import attendance, certificates, inviting, listing, one, planning

pages = Pages()
for _area in (listing, planning, inviting, attendance, certificates, one):
    pages.declared += _area.pages.declared
