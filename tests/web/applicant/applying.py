"""What do the tests of the applicant's pages do again and again?"""

import re
from email.headerregistry import Address
from typing import Any

from visiting import (
    CHAIR,
    MEMBER,
    PDF,
    ROUND,
    SENDER,
    STAFF,
    THIRD,
    Site,
    Visit,
    at,
)

from engine.database.pages import dossiers
from engine.database.pages.dossiers import Head
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox

ONCE = re.compile(r'name="once" value="([^"]+)"')
CONTACT = Address("Els Peeters", addr_spec=STAFF)
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
    with site.database.reading() as session:
        head = dossiers.find(session, ROUND, number)
        assert head is not None
        return dossiers.whole(session, head).values


def filled_in(visit: Visit) -> str:
    """A dossier that was filled in on the pages, all of it."""
    number = start(visit)
    save(visit, number, "you", {"organisation": "De Brug", "name": "An Mols"})
    save(visit, number, "project", ANSWERS)
    save(visit, number, "budget", {"a-amount": "20.000"})
    upload(visit, number)
    return number


def known(site: Site, *emails: str) -> None:
    """People who have signed in before, and read English."""
    for email in emails:
        site.cycle.subscribe(ROUND, email=email, language="en", now=site.now)


def head(site: Site, number: str) -> Head:
    """The dossier itself, as it is kept."""
    with site.database.reading() as session:
        found = dossiers.find(session, ROUND, number)
    assert found is not None
    return found


def released(site: Site, batch: str, instant: str) -> None:
    """Two of the staff approve what is held, and its moment comes."""
    for by in (STAFF, "tim@impuls.example"):
        site.cycle.approve(ROUND, batch, by=by, now=site.now)
    site.clock.instant = at(instant)
    site.cycle.advance(site.now)


def judged(site: Site, number: str, verdict: str) -> None:
    """Read and recommended by the committee, with a verdict that nobody outside knows of; it is 20 March."""
    site.clock.instant = at("2019-03-20 10:00")
    site.cycle.advance(site.now)
    site.cycle.add_person(
        ROUND, email="tim@impuls.example", name="Tim", language="nl", role="staff", by=STAFF, now=site.now
    )
    for member in (CHAIR, MEMBER, THIRD):
        site.cycle.declare_clear(ROUND, number, by=member, now=site.now)
    site.cycle.recommend(ROUND, number, "Zoek een partner in de buurt.", by=MEMBER, now=site.now)
    site.cycle.comment(ROUND, number, "Warm en helder.", to="applicant", by=MEMBER, now=site.now)
    site.cycle.comment(ROUND, number, "Twijfel over het budget.", to="committee", by=MEMBER, now=site.now)
    site.cycle.verdict(ROUND, number, verdict, by=CHAIR, now=site.now)


def declined(site: Site, number: str) -> None:
    """Not chosen, and told so."""
    judged(site, number, "pass_over")
    released(site, "recommendations opens", "2019-04-02 10:00")


def shortlisted(site: Site, number: str) -> None:
    """Invited to the pitch, and told so."""
    judged(site, number, "shortlist")
    released(site, "recommendations opens", "2019-04-02 10:00")


def awarded(site: Site, number: str) -> None:
    """Chosen after the pitch, and told so; it is 1 June."""
    shortlisted(site, number)
    site.clock.instant = at("2019-05-10 10:00")
    site.cycle.attend(ROUND, number, "pitch", by=STAFF, now=site.now)
    site.cycle.verdict(ROUND, number, "award", by=CHAIR, now=site.now)
    released(site, "approval opens", "2019-06-01 10:00")


def under_way(site: Site, number: str) -> None:
    """Awarded and started; it is 1 July 2020, and the first report is owed."""
    awarded(site, number)
    site.clock.instant = at("2019-06-20 18:00")
    site.cycle.attend(ROUND, number, "kick_off", by=STAFF, now=site.now)
    site.clock.instant = at("2020-07-01 10:00")
    site.cycle.advance(site.now)


async def post(site: Site) -> None:
    """All letters that wait leave now."""
    postman = Postman(
        site.database, Mailbox(site.clock), Renderer(CONTACT), sender=SENDER, shelf=site.shelf
    )
    await postman.deliver(site.clock)

