"""What do the tests of the applicant's pages do again and again?"""

import re
from typing import Any

from visiting import APPLICANT, PDF, ROUND, Site, Visit

ONCE = re.compile(r'name="once" value="([^"]+)"')
ANSWERS = {"a-title": "Werk van De Brug", "a-practice": "Samen koken en vertellen.", "a-partner": "OCMW"}


def path(number: str, tail: str = "") -> str:
    """The address of a dossier's page."""
    return f"/dossier/{ROUND}/{number}{tail}"


def once_of(page: Any) -> str:
    """The key of the form on a page."""
    found = ONCE.search(page.text)
    assert found is not None, page.text
    return found[1]


def start(visit: Visit) -> str:
    """A dossier begun with nothing but an address; its number."""
    form = visit.get(f"/call/{ROUND}/start")
    answer = visit.post(f"/call/{ROUND}/start", {"once": once_of(form)}, on=f"/call/{ROUND}/start")
    assert answer.status_code == 303
    return str(answer.headers["location"]).rpartition("/")[2]


def save(visit: Visit, number: str, section: str, fields: dict[str, Any], **more: Any) -> Any:
    """Send a part of the form."""
    here = path(number, f"/section/{section}")
    return visit.post(here, {"go": "back", **fields}, on=here, **more)


def upload(visit: Visit, number: str, name: str = "plan.pdf", content: bytes = PDF, field: str = "a-plan") -> Any:
    """Send a file for the question about the plan."""
    return save(visit, number, "documents", {}, files=[(field, (name, content, "application/octet-stream"))])


def submit(visit: Visit, number: str, **fields: str) -> Any:
    """Hand in, from the page that shows all answers."""
    page = visit.get(path(number, "/check"))
    given = {"declared": "yes", "once": once_of(page), **fields}
    return visit.post(path(number, "/submit"), given, on=path(number, "/check"))


def answers(site: Site, number: str) -> dict[str, Any]:
    """The answers that count, as they are kept."""
    from engine.database.pages import dossiers

    with site.database.reading() as session:
        head = dossiers.find(session, ROUND, number)
        assert head is not None
        return dossiers.whole(session, head).values


def filled_in(site: Site, visit: Visit) -> str:
    """A dossier that was filled in on the pages, all of it."""
    number = start(visit)
    save(visit, number, "you", {"organisation": "De Brug", "name": "An Mols"})
    save(visit, number, "project", ANSWERS)
    save(visit, number, "budget", {"a-amount": "20.000"})
    upload(visit, number)
    return number


__all__ = ["APPLICANT", "answers", "filled_in", "once_of", "path", "save", "start", "submit", "upload"]
