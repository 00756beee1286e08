"""What of a rehearsal is kept for pages that show it, and that hold two of them beside each other?"""

from collections import Counter
from typing import Any

from engine.rules.moments import from_instant
from grantcycle.rehearsed import Rehearsed

MOST_WARNINGS, MOST_REFUSED = 300, 50


def figures_of(seen: Rehearsed) -> dict[str, int]:
    """What a list of rehearsals says of each."""
    kept = ("handed_in", "letters", "deadlines", "refused", "warnings")
    return {name: seen.figures[name] for name in kept} | {"days": (seen.last_day - seen.day(seen.opened_at)).days}


def outcome_of(seen: Rehearsed) -> dict[str, Any]:
    """Dates are ISO, in the round's own time: every deadline by its key, and what left on which day."""
    left = Counter(
        (str(seen.day(mail.sent_at)), mail.letter, mail.language) for mail in seen.mails if mail.sent_at is not None
    )
    return {
        "timezone": seen.round.timezone,
        "first_day": str(seen.day(seen.opened_at)),
        "last_day": str(seen.last_day),
        "states": dict(seen.entered),
        "deadlines": [
            {
                "key": due.key, "kind": due.kind, "moment": due.moment, "ending": due.ending,
                "local": from_instant(due.at, seen.round.timezone).isoformat(),
            }
            for due in seen.due
        ],
        "letters": [[day, letter, language, count] for (day, letter, language), count in sorted(left.items())],
        "warnings": [
            {"where": one.where, "sentence": one.sentence, "day": str(one.day) if one.day else None}
            for one in seen.warnings[:MOST_WARNINGS]
        ],
        "refused": [
            {"who": one.act.who, "what": one.act.what, "number": one.act.number or "", "reasons": list(one.refused)}
            for one in seen.refused[:MOST_REFUSED]
        ],
    }  # fmt: skip
