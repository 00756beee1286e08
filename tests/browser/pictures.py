"""Which pictures does the README show? Those of the demonstration, as it stands three minutes before its deadline.

    python tests/browser/pictures.py docs/pictures

The clock stands still, so that every picture is of the same instant, on whichever day it is taken.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from chromium import FLAGS
from playwright.sync_api import Browser, sync_playwright
from served import serving

from engine.clock import StoppedClock
from engine.database.access import sessions
from engine.database.store import find_person, the_id
from engine.rules.moments import to_instant
from grantcycle.demo.installing import Installed, install
from grantcycle.settings import settings_alone
from grantcycle.wiring import Wiring
from web.app import create_app
from web.cookies import LANGUAGE, SESSION
from web.keys import digest, nonce

SHIPPED = Path(__file__).parents[2] / "workflows" / "cera-impuls"
OPENS = datetime(2026, 3, 31, 10)
LARGEST = 300_000
"""bytes of one picture"""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it: `role` as the demonstration calls it, `path` where it is not that person's own."""

    name: str
    role: str
    path: str = ""
    width: int = 1440
    height: int = 900
    dark: bool = False
    language: str = "en"


PICTURES = (
    Picture("board", "staff", height=1240),
    Picture("board-dark", "staff", height=1240, dark=True),
    Picture("board-phone", "staff", width=390, height=844),
    Picture("today", "staff", "/staff"),
    Picture("timeline", "staff", "/staff/{key}/timeline"),
    Picture("ranking", "chair of the jury"),
    Picture("outbox", "staff", "/staff/{key}/outbox"),
    Picture("applicant-phone", "applicant", width=390, height=844, language="nl"),
)


@contextmanager
def demonstration() -> Iterator[tuple[Wiring, Installed]]:
    """The demonstration of that day, which nobody runs: it only shows its pages."""
    opens = to_instant(OPENS.date(), OPENS.time(), "Europe/Brussels")
    now = opens - 180_000_000
    with tempfile.TemporaryDirectory() as folder:
        installed = install(
            Path(folder), SHIPPED, opens=OPENS, closes=OPENS + timedelta(minutes=4), now=now, port=0,
            progress=lambda *_: None,
        )  # fmt: skip
        wiring = Wiring(installed.config, StoppedClock(now), settings_alone(installed.config))
        wiring.make_database()
        try:
            yield wiring, installed
        finally:
            wiring.close()


def take(browser: Browser, wiring: Wiring, installed: Installed, address: str, picture: Picture) -> bytes:
    """One picture, of what is seen without scrolling."""
    who = next(one for one in installed.stage.people if one.role == picture.role)
    token, now = nonce(), wiring.now()
    with wiring.database.transaction() as session:
        person = find_person(session, who.email)
        assert person is not None, who
        sessions.begin(session, the_id(person), digest(token), "pictures", now, now)
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light", reduced_motion="reduce",
    )  # fmt: skip
    context.add_cookies([
        {"name": f"grantcycle-{name}", "value": value, "url": address}
        for name, value in ((SESSION, token), (LANGUAGE, picture.language))
    ])  # fmt: skip
    page = context.new_page()
    answer = page.goto(address + (picture.path or who.path).format(key=installed.round.key))
    assert answer is not None
    assert answer.status == 200, picture
    taken = page.screenshot()
    context.close()
    return taken


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or sys.exit("needs chromium: install the package chromium")
    with (
        demonstration() as (wiring, installed),
        serving(create_app(wiring.office)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for picture in PICTURES:
            content = take(browser, wiring, installed, address, picture)
            assert len(content) < LARGEST, (picture.name, len(content))
            (folder / f"{picture.name}.png").write_bytes(content)
            sys.stdout.write(f"{folder / picture.name}.png, {len(content) // 1000} kB\n")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
