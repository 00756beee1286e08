"""The demonstration is a real installation in the middle of a selection: its links sign in, and its deadline fires."""

import re
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Timer

import httpx2
import psutil
import pytest
from installation import SHIPPED, Installation

from engine.clock import WallClock
from engine.files.reading import load
from engine.rules.moments import from_instant
from grantcycle.demo.dates import moved, write_programme

WAIT = 12
"""seconds until its deadline: a slow machine plays that long, and then it fires at once"""
PATIENCE = 240
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
LINK = re.compile(r"^  (?P<role>\S.*?)  +(?P<name>\S.*?)  +(?P<address>http://127\.0\.0\.1:\d+/sign-in/\S+)$")
CODE = re.compile(r"^ +and then the recovery code (\S+)$")


@dataclass
class Running:
    """A demonstration that runs, and what it has said so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def until(self, words: str) -> str:
        """The first line with those words; reads on until it comes. On a slow machine the deadline comes first."""
        if said := next((line for line in self.said if words in line), None):
            return said
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if found := LINK.match(self.said[-1]):
                self.links[found["role"]] = found["address"]
            elif found := CODE.match(self.said[-1]):
                self.codes[list(self.links)[-1]] = found[1]
            if words in line:
                return self.said[-1]
        pytest.fail("\n".join([f"nothing was said about {words}", *self.said]))

    def signed_in(self, role: str) -> tuple[httpx2.Client, httpx2.Response]:
        """A browser in which somebody has followed their link and pressed its button, and the page that came."""
        headers = {"accept-language": "en", "sec-fetch-site": "same-origin"}
        browser = httpx2.Client(follow_redirects=True, headers=headers)
        page = browser.get(self.links[role])
        answer = browser.post(self.links[role], data={"csrf": _csrf(page)})
        if role in self.codes:
            # the form goes to where it stands, and knows where to go on to
            onward = re.search(r'name="next" value="([^"]+)"', answer.text)
            assert onward is not None
            data = {"csrf": _csrf(answer), "code": self.codes[role], "next": onward[1]}
            answer = browser.post(str(answer.url).partition("?")[0], data=data)
        return browser, answer


def _csrf(page: httpx2.Response) -> str:
    found = CSRF.search(page.text)
    assert found is not None, page.text
    return found[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "config.toml").write_text(f'[workflows]\nfolder = "{SHIPPED.as_posix()}"\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "grantcycle", "demo", "--port", "0", "--wait", str(WAIT), "--keep"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "GRANTCYCLE_DATABASE__URL": "sqlite:///elsewhere.db"},
    )  # fmt: skip
    running = Running(process)
    too_long = Timer(PATIENCE, process.kill)  # what is waited for is not said any more then
    too_long.start()
    try:
        running.until("Stop with Ctrl-C.")
        yield running
    finally:
        too_long.cancel()
        process.kill()
        process.communicate()


def test_it_says_what_will_happen_and_lets_in_each_role(demo: Running) -> None:
    coming = "12 dossiers become “Invited to pitch”, 45 hear that they do not, and 4 have no verdict yet."
    assert [coming in line for line in demo.said].count(True) == 1
    assert list(demo.links) == [
        "staff", "staff, the second", "chair of the jury", "member", "observer", "applicant", "applicant, late",
    ]  # fmt: skip
    assert list(demo.codes) == ["staff", "staff, the second"]


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("staff", "/staff/cera-impuls/{year}"), ("staff, the second", "/staff/cera-impuls/{year}"),
        ("chair of the jury", "/committee/cera-impuls/{year}/ranking"), ("member", "/committee/cera-impuls/{year}"),
        ("observer", "/committee/cera-impuls/{year}"), ("applicant", "/dossier/cera-impuls/{year}/CI{short}-005"),
        ("applicant, late", "/dossier/cera-impuls/{year}/CI{short}-062"),
    ],
)  # fmt: skip
def test_a_link_signs_in_with_one_button_and_looking_at_it_spends_nothing(demo: Running, role: str, path: str) -> None:
    assert [httpx2.get(demo.links[role]).status_code for _ in range(2)] == [200, 200]
    year = str(_year(demo))
    browser, answer = demo.signed_in(role)
    with closing(browser):
        assert (answer.status_code, answer.url.path) == (200, path.format(year=year, short=year[2:]))
        assert browser.get(demo.links[role]).status_code == 410


def _year(demo: Running) -> int:
    board = next(line for line in demo.said if "Watch it happen: " in line)
    return int(board.rpartition("/")[2])


def test_the_deadline_fires_and_the_letters_leave(demo: Running) -> None:
    assert demo.until("verdicts have taken effect").endswith("57 dossiers have moved. Reload the board.")
    assert int(re.split(" +", demo.until("left: "))[1]) > 57


def test_ctrl_c_ends_it_and_nothing_is_left_that_runs(demo: Running) -> None:
    (port,) = {int(address.split(":")[2].partition("/")[0]) for address in demo.links.values()}
    there = psutil.Process(demo.process.pid)
    assert {one.laddr.ip for one in there.net_connections() if one.status == "LISTEN"} == {"127.0.0.1"}
    children = there.children(recursive=True)
    demo.process.send_signal(signal.SIGINT)
    kept = demo.until("Everything is kept in ")
    assert demo.process.wait(30) == 0
    assert [one for one in children if one.is_running()] == []
    with closing(socket.socket()) as again:
        again.bind(("127.0.0.1", port))
    folder = Path(kept.removeprefix("Everything is kept in ").partition(":")[0])
    now = from_instant(WallClock().now(), "Europe/Brussels").isoformat()
    assert Installation(folder).done("doctor", "--json", at=now).json["red"] == []
    assert not (folder / "elsewhere.db").exists()


def test_without_keep_its_folder_goes(tmp_path: Path) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    with closing(taken):
        answer = subprocess.run(
            [sys.executable, "-m", "grantcycle", "demo", "--port", str(taken.getsockname()[1])],
            cwd=SHIPPED.parent, capture_output=True, text=True, check=False, env={"TMPDIR": str(tmp_path)},
        )  # fmt: skip
    sentence = "is taken: give another with --port, or none for any that is free\n"
    assert (answer.returncode, answer.stderr.partition(" is ")[1:]) == (1, (" is ", sentence.removeprefix("is ")))
    assert list(tmp_path.iterdir()) == []


WRITTEN = tomllib.loads((SHIPPED / "cera-impuls" / "rounds" / "2019.toml").read_text(encoding="utf-8"))
DAYS = [date(2026, 1, 1) + timedelta(days=97 * place) for place in range(40)]


@pytest.mark.parametrize("day", DAYS[:12], ids=str)
def test_whatever_the_day_the_programme_is_one_that_can_be_opened(tmp_path: Path, day: date) -> None:
    opens = datetime(day.year, day.month, day.day, 23, 57)
    name = write_programme(SHIPPED / "cera-impuls", tmp_path / "p", opens, opens + timedelta(minutes=4))
    programme = load(tmp_path / "p")
    round = programme.rounds[name]
    assert programme.translate(round.title, "en") == f"Cera Impuls Programme {day.year}-{day.year + 3}"
    assert (round.number, list(programme.rounds)) == (f"CI{day.year % 100:02}", [name])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_other_date_keeps_its_weekday_and_its_place(day: date) -> None:
    opens = datetime(day.year, day.month, day.day, 9, 30)
    there = moved(WRITTEN, opens, opens + timedelta(minutes=4))
    edges = [(name, edge) for name, dates in there["phase"].items() for edge in dates.values()]
    others = [edge for name, edge in edges if name != "recommendations" and edge != day]
    written = [edge for dates in WRITTEN["phase"].values() for edge in dates.values() if edge != date(2019, 3, 31)]
    assert [edge.weekday() for edge in others] == [edge.weekday() for edge in written]
    assert {edge - before for edge, before in zip(others, written, strict=True)} == {others[0] - written[0]}
    assert abs((others[0] - written[0]) - (day - date(2019, 3, 31))) <= timedelta(days=3)
