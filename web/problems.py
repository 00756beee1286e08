"""What can keep a page from being shown, besides what the engine refuses?"""

from collections.abc import Mapping


class Problem(Exception):
    """A page that cannot be shown; the status is of RFC 9110, the sentence is translated when it is."""

    status = 400

    def __init__(self, sentence: str = "", **facts: object) -> None:
        super().__init__(sentence % facts if facts else sentence)
        self.sentence = sentence
        self.facts: Mapping[str, object] = facts


class NotThere(Problem):
    """Nothing here, or nothing that this visitor may know of: never told apart."""

    status = 404


class Forbidden(Problem):
    """A form that does not come from our own page, or that has been changed."""

    status = 403


class Conflict(Problem):
    """What was sent does not fit with how things stand now."""

    status = 409


class TooMany(Problem):
    """The same was asked too often."""

    status = 429

    def __init__(self, sentence: str, seconds: int, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.seconds = seconds
        """after which it may be asked again"""


class SignInFirst(Exception):
    """This page is for somebody who is signed in; `proof` when the second factor is what is missing."""

    def __init__(self, *, proof: bool = False) -> None:
        super().__init__("sign in first")
        self.proof = proof


class AnswerFirst(Exception):
    """A committee member says first whether there is a conflict; `path` is where that is asked."""

    def __init__(self, path: str) -> None:
        super().__init__("answer first")
        self.path = path
