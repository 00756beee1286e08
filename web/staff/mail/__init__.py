"""What do staff do with mail that comes in: read it, see to it, correct an address from which letters come back?"""

from web.routes import Pages
from web.staff.mail import address, listing, one_mail

pages = Pages()
for part in (listing, one_mail, address):
    pages.declared += part.pages.declared
