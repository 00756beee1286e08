"""How do secrets get into the letters that hold some, and into nothing else?

They are made of a letter's nonce each time it is to leave. Of what was frozen of it they change nothing: the letter is
put into words again as of the instant at which that was, so that a second try is the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address

from engine.errors import GrantcycleError
from notifications.freezing import Pinned, put_into_words
from notifications.lease import Leased
from notifications.rendering import Renderer
from notifications.secrets import Secrets, blank
from notifications.transport import Reply


@dataclass
class Veil:
    """What one round of the postman knows of secrets; with `secrets` None it knows none, and such letters fail."""

    secrets: Secrets | None
    _known: dict[int, Mapping[str, str]] = field(default_factory=dict)
    """letter -> its secrets, until it has been tried"""

    def lift(
        self, pinned: Pinned, renderer: Renderer, sender: Address, letters: Sequence[Leased], at: Mapping[int, int]
    ) -> tuple[dict[int, bytes], list[tuple[Leased, str]]]:
        """What is sent of each letter, and those that cannot be sent with the reason; `at` is when each was frozen."""
        raw: dict[int, bytes] = {}
        failed: list[tuple[Leased, str]] = []
        for letter in letters:
            known: Mapping[str, str] = {}
            try:
                if self.secrets is None or letter.nonce is None:
                    raise GrantcycleError("its secrets are not known to the process that sends letters")
                known = self.secrets(letter.nonce)
                raw[letter.id] = put_into_words(pinned, renderer, sender, letter, at[letter.id], known).raw
                self._known[letter.id] = known
            except Exception as problem:  # whatever is wrong with one letter is only about that letter
                failed.append((letter, blank(str(problem), known)))
        return raw, failed

    def over(self, letter: Leased, reply: Reply) -> Reply:
        """What may be kept of what a relay said: it may quote the letter that it refuses."""
        known = self._known.pop(letter.id, None)
        return Reply(reply.kind, blank(reply.text, known)) if known else reply
