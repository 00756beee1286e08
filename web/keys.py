"""Which secrets does this installation hand out, and how are they told from guesses?

Nothing that signs anybody in stands in the database: it is worked out here, from a nonce and the installation's key.
"""

import base64
import hashlib
import hmac
import secrets

DIGITS = 6
"""of a code that is typed"""
STEP = 30
"""seconds for which an authenticator shows a code"""
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""of recovery codes: none that looks like another"""


def nonce() -> str:
    """128 bits that nobody can guess, as text that fits an address."""
    return secrets.token_urlsafe(16)


def digest(text: str) -> str:
    """What is kept of a secret: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw_recovery_codes() -> list[str]:
    """New codes for the day on which the authenticator is lost, of which only digests are to be kept."""
    return ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]


def as_typed(code: str) -> str:
    """A recovery code as people read and type it: `abcde-fghjk`."""
    return f"{code[:5]}-{code[5:]}"


class Keys:
    """What is worked out with the installation's key, of at least 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _of(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256")

    def token(self, purpose: str, text: str) -> str:
        """192 bits for one purpose, as text that fits an address."""
        return base64.urlsafe_b64encode(self._of(purpose, text)[:24]).decode()

    def is_token(self, purpose: str, text: str, given: str) -> bool:
        """Whether that is the token, told in constant time."""
        return hmac.compare_digest(self.token(purpose, text).encode(), given.encode())

    def code(self, nonce: str) -> str:
        """The six digits that belong to a request to sign in."""
        number = int.from_bytes(self._of("code", nonce)[:8])
        return f"{number % 10**DIGITS:0{DIGITS}}"

    def is_code(self, nonce: str, given: str) -> bool:
        """Whether those are the six digits, told in constant time; blanks do not count."""
        return hmac.compare_digest(self.code(nonce).encode(), "".join(given.split()).encode())

    def authenticator(self, nonce: str) -> str:
        """The secret of an authenticator (RFC 6238), in base 32."""
        return base64.b32encode(self._of("authenticator", nonce)[:20]).decode()
