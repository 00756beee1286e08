"""What was tried too often, in this process?"""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

WRONG_CODES = RateLimitItemPerMinute(10, 15)
"""in a quarter of an hour"""


class Throttle:
    """Counts by name; what it has counted is forgotten when the process ends."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def is_barred(self, name: str, limit: RateLimitItemPerMinute = WRONG_CODES) -> bool:
        """Whether that was counted too often."""
        return not self._limiter.test(limit, name)

    def count(self, name: str, limit: RateLimitItemPerMinute = WRONG_CODES) -> bool:
        """Count once more; False when that is once too often."""
        return self._limiter.hit(limit, name)
