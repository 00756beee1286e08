"""Which areas of pages are there?"""

from web import account, applicant, committee, mailbox, public, signing_in
from web.routes import Pages

ALL: list[Pages] = [
    public.pages, applicant.pages, committee.pages, signing_in.pages, account.pages, mailbox.pages,
]  # fmt: skip
