"""Which areas of pages are there?"""

from web import account, committee, mailbox, public, signing_in
from web.routes import Pages

ALL: list[Pages] = [public.pages, signing_in.pages, account.pages, committee.pages, mailbox.pages]
