"""What do applicants do: begin a dossier, fill it in, hand it in, follow it, deliver what it owes?"""

from web.applicant import (
    colleagues,
    delivering,
    drafting,
    feed,
    files,
    handing_in,
    leaving,
    letters,
    more_time,
    slot,
    starting,
    status,
)
from web.routes import Pages

pages = Pages()
for area in (starting, status, drafting, handing_in, colleagues, leaving, delivering, more_time, slot, letters,
    files, feed,
):
    pages.declared += area.pages.declared
