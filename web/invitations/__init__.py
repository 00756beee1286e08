"""What does somebody find who was asked to a meeting: the answer that is wanted, and a certificate afterwards?"""

from web.invitations import answering, certificates
from web.routes import Pages

pages = Pages()
for _area in (certificates, answering):
    pages.declared += _area.pages.declared
