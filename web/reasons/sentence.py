"""What is a sentence that says a reason, before it is translated?"""

from collections.abc import Mapping

Sentences = Mapping[tuple[str, str], tuple[str, ...]]
"""(code, because) -> how it is said: the first of these for which there are facts"""


def N_(sentence: str) -> str:  # noqa: N802  what gathers sentences for translation looks for this name
    """A sentence that is translated when it is said."""
    return sentence
