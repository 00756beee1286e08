"""What is going on, for whoever watches?

The engine and the postman tell what they do as it happens; logs and metrics are made of it elsewhere. While nobody
watches, telling costs a comparison.
"""

from collections.abc import Callable
from typing import Any

Watcher = Callable[[str, dict[str, Any]], None]
"""(event, facts): is called in the thread that tells; `round` and `dossier` are names, `letter` is a number"""
_watchers: tuple[Watcher, ...] = ()


def watch(*watchers: Watcher) -> None:
    """Have each of them told of every event from now on, in place of those before; none ends the watch."""
    global _watchers
    _watchers = watchers


def watched() -> bool:
    """Whether anybody wants to know: for facts that cost a question."""
    return bool(_watchers)


def tell(event: str, **facts: Any) -> None:
    """Tell of an event. Facts are names, numbers and instants: never what people wrote, and no address."""
    for watcher in _watchers:
        watcher(event, facts)
