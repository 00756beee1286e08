"""What does a committee see and do: its members, its chair, its observers, and staff who minute for it?"""

from web.committee import (
    agreed,
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
    setting_aside,
    verdicts,
)
from web.routes import Pages

pages = Pages()
# a path with a dossier's number in it is asked last: `ranking` is no number
for _area in (
    rounds, mine, day, hours, ranking, ordering, verdicts, agreed, setting_aside, conflict, handing_in, reviewing,
    reading,
):  # fmt: skip
    pages.declared += _area.pages.declared
