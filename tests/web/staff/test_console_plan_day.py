"""The pitch day of Cera, from the plan to the last change: does everybody's calendar end right, by the mails alone?"""

import asyncio
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from calendars_of_mails import hours, play
from pitch_day import CONFLICTS, HERE, JURY, OBSERVERS, confirm, grid, number_at, pitch_site, speaker
from visiting import CONTACT, FOURTH, ROUND, SENDER, STAFF, Site

from notifications.catcher import LOOPBACK, Catcher, Caught, caught
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import SmtpTransport


@pytest.fixture
def site() -> Iterator[Site]:
    made = pitch_site()
    yield made
    made.database.close()


class Post:
    """The mail of a site: what leaves it is caught, and read again."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder

    def letters(self) -> list[Caught]:
        """Every letter that was caught, once all that wait have left."""
        self.site.clock.instant += 1_000_000
        asyncio.run(self._deliver())
        return list(caught(self.folder))

    async def _deliver(self) -> None:
        async with Catcher(self.folder) as catcher:
            transport = SmtpTransport(LOOPBACK, catcher.port)
            postman = Postman(
                self.site.database, transport, Renderer(CONTACT, site="http://testserver"), sender=SENDER,
                shelf=self.site.shelf,
            )  # fmt: skip
            await postman.deliver(self.site.clock)


def test_everybodys_calendar_ends_right(site: Site, tmp_path: Path) -> None:
    post, staff = Post(site, tmp_path), site.visit(STAFF)
    # coffee after the fifth slot, lunch after the seventh, and an order in which Sam leaves the room once
    breaks = {"after_1": "5", "minutes_1": "20", "title_1": "Koffie", "after_2": "7", "minutes_2": "60"}
    assert staff.post(HERE, {**grid(staff), **breaks, "do": "save"}, on=HERE).status_code == 303
    suggested = grid(staff, f"{HERE}?suggest=1")
    assert staff.post(HERE, {**suggested, **breaks, "do": "save"}, on=HERE).status_code == 303
    order = {int(name[5:]): value for name, value in grid(staff).items() if name.startswith("slot_")}
    away = {position for position, number in order.items() if number in {number_at(place) for place in CONFLICTS}}
    assert away in ({1, 2}, {11, 12})

    page = staff.get(f"{HERE}/invitations").text
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', page)
    given = {"shown": shown, "once": "k" * 22, "plan": ""}
    for _ in range(2):  # pressed twice
        assert staff.post(f"{HERE}/invitations", given, on=f"{HERE}/invitations").status_code == 303
    times = [
        "09:30-09:50", "09:55-10:15", "10:20-10:40", "10:45-11:05", "11:10-11:30", "11:55-12:15", "12:20-12:40",
        "13:45-14:05", "14:10-14:30", "14:35-14:55", "15:00-15:20", "15:25-15:45",
    ]  # fmt: skip
    part = "10:20-15:45" if away == {1, 2} else "09:30-14:55"

    def as_planned(planned: dict[int, str]) -> dict[str, list[str]]:
        """What must stand in each calendar: of the dossiers by their slots, of the jury by what each may hear."""
        by_number = {number: times[position - 1] for position, number in planned.items()}
        of_dossiers = {
            speaker(place): [by_number[number_at(place)]] if number_at(place) in by_number else []
            for place in range(13)
        }
        jury = {email: ["09:30-15:45"] for email in (*JURY, *OBSERVERS)} | {FOURTH: [part]}
        return dict(sorted({**of_dossiers, **jury}.items()))

    first = as_planned(order)
    del first[speaker(12)]  # who waits has heard nothing
    calendars = play(post.letters())
    assert hours(calendars) == first
    assert {one.place for mine in calendars.values() for one in mine.values()} == {"Brussel", "Bruxelles", "Brussels"}

    # two slots are swapped: nobody hears anything before staff have looked at it
    before = len(post.letters())
    swap = staff.post(HERE, {**grid(staff), **breaks, "swap": "5", "with": "9", "do": "swap"}, on=HERE)
    assert len(post.letters()) == before
    assert confirm(staff, swap).status_code == 303
    order[5], order[9] = order[9], order[5]
    told = post.letters()
    assert sorted(one.recipient for one in told[before:]) == sorted(
        speaker(int(order[position][-3:]) - 1) for position in (5, 9)
    )

    # one is turned down, on its own page; who waits is asked at once
    gone = int(order[6][-3:]) - 1
    path = f"/dossier/{ROUND}/{order[6]}/slot/pitch"
    applicant = site.visit(speaker(gone))
    assert applicant.post(path, {"answer": "decline", "once": "d" * 22}, on=path).status_code == 303
    order[6] = number_at(12)
    letters = post.letters()
    assert sorted(one.recipient for one in letters[len(told) :]) == sorted([speaker(gone), speaker(12)])

    assert hours(play(letters)) == as_planned(order)
    # whichever way the mails come in
    for seed in range(5):
        mixed = letters[:]
        random.Random(seed).shuffle(mixed)
        assert hours(play(mixed)) == as_planned(order)
