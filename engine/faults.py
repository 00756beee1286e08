"""Where may a machine die, and what happens if it does?

The points at which the engine and the postman can be stopped on purpose. In production none is armed, and passing one
costs a comparison; the tests arm them to kill the process there, to raise, or only to count.
"""

from collections.abc import Callable

Hook = Callable[[str], None]
_armed: Hook | None = None


def arm(hook: Hook | None) -> None:
    """Have `hook` called with the name of every point that is passed from now on; None disarms them."""
    global _armed
    _armed = hook


def point(name: str) -> None:
    """Pass the point of that name."""
    if _armed is not None:
        _armed(name)
