"""What do applicants do: begin a dossier, fill it in, hand it in, follow it, deliver what it owes?"""

from web.applicant import (
    agreeing,
    clocks,
    colleagues,
    delivering,
    drafting,
    feed,
    files,
    handing_in,
    leaving,
    letters,
    more_time,
    plan,
    slot,
    starting,
    status,
)
from web.routes import Pages

pages = Pages()
for area in (
    starting, status, drafting, handing_in, colleagues, leaving, delivering, plan, agreeing, more_time, clocks, slot,
    letters, files, feed,
):  # fmt: skip
    pages.declared += area.pages.declared
