"""What does a committee see and do: its members, its chair, its observers, and staff who minute for it?"""

from web.committee import (
    conflict,
    day,
    handing_in,
    hours,
    mine,
    ordering,
    ranking,
    reading,
    reviewing,
    rounds,
    verdicts,
)
from web.routes import Pages

pages = Pages()
# a path with a dossier's number in it is asked last: `ranking` is no number
for _area in (rounds, mine, day, hours, ranking, ordering, verdicts, conflict, handing_in, reviewing, reading):
    pages.declared += _area.pages.declared
