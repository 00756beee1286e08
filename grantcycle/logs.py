"""What do `serve` and `worker` write about what they do, and what do they never write?

One line an event on standard error: JSON for a program, words for a terminal. A line says which round, dossier and
letter it is about, by name and number; it carries no address, no token, and nothing that people wrote.
"""

import json
import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

from engine.clock import Clock
from grantcycle.console import plain
from grantcycle.instants import utc

QUIET = ("rang",)
"""what happens all the time and is counted only"""
SUBJECTS = ("round", "dossier", "letter")
"""what a line is about, in this order after what happened"""
LONGEST = 500
"""characters of one value: more of it is a mail or an answer, and stands elsewhere"""

Line = MutableMapping[str, Any]


def set_up(clock: Clock, stream: TextIO | None = None, *, for_people: bool | None = None) -> Callable[[str, Any], None]:
    """Have all that is logged written to `stream` (standard error), and give the watcher that logs events.

    What libraries log as a warning or worse goes the same way.
    """
    out = stream or sys.stderr
    people = out.isatty() if for_people is None else for_people
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _dated(clock),
            structlog.processors.format_exc_info,
            _in_order,
            _for_people if people else _for_programs,
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _hand_over_libraries()
    log = structlog.get_logger()

    def watcher(event: str, facts: dict[str, Any]) -> None:
        if event not in QUIET:
            failed = facts.get("outcome") == "failed" or event in ("round failed", "relay paused")
            (log.warning if failed else log.info)(event, **facts)

    return watcher


def _dated(clock: Clock) -> Callable[[Any, str, Line], Line]:
    def date(_logger: Any, _method: str, line: Line) -> Line:
        line["at"] = utc(clock.now())
        return line

    return date


def _in_order(_logger: Any, _method: str, line: Line) -> Line:
    """The instant, the level and the event first, then what it is about; values are short."""
    first = ("at", "level", "event", *SUBJECTS)
    names = [*(name for name in first if line.get(name) is not None), *(name for name in line if name not in first)]
    return {name: _short(line[name]) for name in names if line[name] is not None}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]} ... ({len(value)} characters)"
    return value


def _for_programs(_logger: Any, _method: str, line: Line) -> str:
    # JSON writes a line break within a value as \n: one event is one line
    return json.dumps(line, ensure_ascii=False, default=str)


def _for_people(_logger: Any, _method: str, line: Line) -> str:
    """`2019-03-01T23:00:30Z deadline small-grants/2030 outcome=fired ...`, with the trace of an exception below."""
    values = dict(line)
    trace = values.pop("exception", "")
    head = [str(values.pop(name)) for name in ("at", "level", "event")]
    told = [plain(f"{name}={value}") for name, value in values.items()]
    return " ".join([*head, *told]) + (f"\n{trace}" if trace else "")


class _HandedOver(logging.Handler):
    """What a library logs, as one of our lines."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        tell(record.getMessage(), logger=record.name, **({"exc_info": record.exc_info} if record.exc_info else {}))


def _hand_over_libraries() -> None:
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _HandedOver)]
    root.addHandler(_HandedOver(level=logging.WARNING))
