"""One dossier, as staff see it and act on it."""

from web.routes import Pages
from web.staff.dossier import (
    acts,
    applicant,
    clocks,
    files,
    judged,
    letters,
    message,
    notes,
    overview,
    people,
    recording,
    story,
    strand,
)

pages = Pages()
for _module in (
    overview, files, judged, letters, story, acts, people, strand, clocks, recording, notes, message, applicant,
):  # fmt: skip
    pages.declared += _module.pages.declared
