"""What lies before the committee in the tests of its pages: a round in preselection, with dossiers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from visiting import Site, Visit, at

HERE = "/committee/cera-impuls/2019"
READING, LATE, PITCH = at("2019-03-09 10:00"), at("2019-04-01 10:00"), at("2019-05-09 09:00")
GOOD = {"mark_participation": "8", "mark_artistic": "7", "mark_learning": "9"}


def before_the_jury(site: Site, count: int = 2) -> list[str]:
    """So many dossiers, handed in and taken up for preselection."""
    numbers = [site.handed_in(f"an{place}@brug.example", f"De Brug {place}") for place in range(1, count + 1)]
    site.clock.instant = READING
    site.cycle.advance(site.now)
    return numbers


def cleared(site: Site, number: str, *members: str) -> None:
    """The members have answered that nothing ties them to the applicant."""
    for email in members:
        site.cycle.declare_clear("cera-impuls/2019", number, by=email, now=site.now)


def marked(site: Site, number: str, member: str, mark: int, *, advises: str = "shortlist") -> None:
    """A member has said all that is asked of her."""
    cleared(site, number, member)
    marks = dict.fromkeys(("participation", "artistic", "learning"), mark)
    site.cycle.score("cera-impuls/2019", number, marks, by=member, now=site.now)
    site.cycle.recommend("cera-impuls/2019", number, f"Words of {member}", by=member, now=site.now, advises=advises)


def say(visit: Visit, number: str, fields: dict[str, Any], then: str = "stay") -> Any:
    """A member sends the form beside a dossier."""
    page = f"{HERE}/{number}"
    return visit.post(page, {**fields, "then": then}, on=page)


@contextmanager
def counting(site: Site) -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    for engine in {site.database.reader, site.database.writer}:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in {site.database.reader, site.database.writer}:
        sa.event.remove(engine, "before_cursor_execute", note)


