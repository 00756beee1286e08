"""Which areas of pages are there?"""

from web import account, applicant, committee, invitations, mailbox, public, signing_in, staff
from web.routes import Pages

ALL: list[Pages] = [
    public.pages, applicant.pages, committee.pages, invitations.pages, signing_in.pages, account.pages, mailbox.pages,
    *staff.AREAS,
]  # fmt: skip
