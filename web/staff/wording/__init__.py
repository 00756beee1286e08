"""How do staff change what a round says: its letters, and the words of each language?"""

from web.routes import Pages
from web.staff.wording import letters, one_letter, versions, words

pages = Pages()
for part in (letters, one_letter, versions, words):
    pages.declared += part.pages.declared
