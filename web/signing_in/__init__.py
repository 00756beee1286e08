"""How do people sign in?"""

from web.routes import Pages
from web.signing_in import kept, link, second_factor

pages = Pages()
for _area in (link.pages, second_factor.pages, kept.pages):
    pages.declared += _area.declared
