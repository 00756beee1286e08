"""Does the process end when an alarm has fallen silent, whatever hangs in it?

An alarm notices its own silence as long as its event loop turns, and what it then raises ends the process as long as
no thread has to be waited for. This watchman needs neither.
"""

import threading
import time
from collections.abc import Sequence

from engine.alarm import DEAF_AFTER, Alarm
from engine.database.failing import give_up


def watch(alarms: Sequence[Alarm], sweep: float) -> None:
    """End this process with exit code 75 once an alarm has been silent for a sweep (seconds) longer than it allows."""
    longest = (DEAF_AFTER + 1) * sweep

    def look() -> None:
        while max(alarm.silent_for for alarm in alarms) < longest:
            time.sleep(sweep / 2)
        give_up(f"the alarm has been silent for {longest:g} seconds, so this process ends: a supervisor starts it anew")

    threading.Thread(target=look, name="watchman", daemon=True).start()
