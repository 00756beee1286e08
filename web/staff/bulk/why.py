"""Why may some of the dossiers that somebody has chosen not be moved?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.errors import Refusal, Refused
from web.ask import Ask
from web.reasons import said_by
from web.staff.bulk.chosen import back_of
from web.staff.console import show


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why some of those chosen cannot: how many, which first, and the sentence."""

    count: int
    numbers: tuple[str, ...]
    sentence: str


def why_not(ask: Ask, against: Mapping[str, Sequence[Refusal]]) -> tuple[Why, ...]:
    """Why dossiers may not be moved: a sentence for each reason, with those whom it keeps, the most frequent first."""
    numbers: dict[str, list[str]] = {}
    for number, reasons in against.items():
        for sentence in dict.fromkeys(said_by(ask, one) for one in reasons):
            numbers.setdefault(sentence, []).append(number)
    found = [Why(len(those), tuple(those[:5]), sentence) for sentence, those in numbers.items()]
    return tuple(sorted(found, key=lambda one: -one.count))


def nothing_chosen(ask: Ask, refused: Refused) -> Response:
    """The page for a choice that is none: nothing ticked, or too much."""
    sentences = [said_by(ask, one) for one in refused.reasons]
    # whoever only looks has sent nothing that is wrong
    status = 422 if ask.request.method == "POST" else 200
    page, wrong = "staff/bulk/nothing.html", status == 422
    return show(ask, page, status, sentences=sentences, back=back_of(ask), has_errors=wrong)
