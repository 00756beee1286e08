"""How long does something take, beside something ordinary? On a machine that does much else both take longer."""

import gc
import time
from collections.abc import Callable


def cpu_time(do: Callable[[], object]) -> float:
    """For how many seconds this process works at it, without what it collects for others."""
    gc.disable()
    begun = time.process_time()
    try:
        do()
        return time.process_time() - begun
    finally:
        gc.enable()
