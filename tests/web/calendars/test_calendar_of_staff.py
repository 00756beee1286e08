"""Does the calendar of those who run a round tell its last days, promises and meetings, and follow a moved date?"""

from datetime import date

from meetings_of_file import held
from visiting import ROUND, STAFF, STRANGER, Site, cera

from engine.rules.moments import Calendar
from engine.rules.round import LocalEdge
from web.calendars.feed import Days, Happening
from web.calendars.of_staff import of_staff


def happenings(extended: dict[str, LocalEdge] | None = None) -> dict[str, Happening]:
    calendar = Calendar(cera().rounds["2019"], extended)
    found = of_staff(cera(), calendar, "en", lambda text: text, changed_at=7, held=held(calendar), url="https://grants.example/t")
    assert len({one.key for one in found}) == len(found)
    return {one.key.removeprefix(f"{ROUND}/staff/"): one for one in found}


def test_every_phase_has_its_days_and_its_last_day() -> None:
    found = happenings()
    phase, deadline = found["phase/call"], found["deadline/call"]
    assert (phase.when, deadline.when) == (
        Days(date(2018, 12, 17), date(2019, 3, 1)), Days(date(2019, 3, 1), date(2019, 3, 1)),
    )  # fmt: skip
    assert deadline.title == "Last day: Call: Cera Impuls Programme 2019-2022"
    assert (deadline.changed_at, deadline.url, deadline.busy) == (7, "https://grants.example/t", False)
    assert len([key for key in found if key.startswith("deadline/")]) == len(cera().workflow.phases)


def test_a_promise_stands_on_the_last_day_on_which_it_is_kept() -> None:
    promise = happenings()["promise/notice"]
    assert (promise.when, promise.title) == (
        Days(date(2019, 5, 20), date(2019, 5, 20)),
        "Promise: Notice of the award (Cera Impuls Programme 2019-2022)",
    )


def test_every_meeting_is_told_and_takes_time() -> None:
    meetings = {key: one for key, one in happenings().items() if key.startswith("meeting/")}
    assert {"meeting/info_session/3", "meeting/pitch/1", "meeting/kick_off/1"} <= meetings.keys()
    assert all(one.busy for one in meetings.values())


def test_a_moved_deadline_is_on_its_new_day() -> None:
    moved = happenings({"call closes": LocalEdge(date(2019, 3, 8))})
    assert (moved["deadline/call"].when, moved["phase/call"].when) == (
        Days(date(2019, 3, 8), date(2019, 3, 8)), Days(date(2018, 12, 17), date(2019, 3, 8)),
    )  # fmt: skip


def test_staff_read_it_under_their_own_address_and_nobody_else_does(site: Site) -> None:
    texts = {}
    site.cycle.subscribe(ROUND, email=STRANGER, language="nl", now=site.now)
    for email in (STAFF, STRANGER):
        visit = site.visit(email)
        assert visit.post("/feed", {}, on="/feed").status_code == 303
        page = visit.get("/feed").text
        path = page[page.index('href="/feed/') + 6 :].partition('"')[0]
        texts[email] = site.visit().get(path).text
    assert texts[STAFF].count("BEGIN:VEVENT") > 20
    assert f"/staff/{ROUND}/timeline" in texts[STAFF].replace("\r\n ", "")
    assert texts[STRANGER].count("BEGIN:VEVENT") == 0
