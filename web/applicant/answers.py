"""How is an answer said to whoever reads it, whatever its kind?"""

from typing import Any

from engine.rules.questions import Question
from engine.rules.typed import total
from web import dates
from web.ask import Ask


def answer_said(ask: Ask, question: Question, value: Any) -> str:
    """An answer in words; empty where there is none. A schedule has a line for each row, and one for their sum."""
    if value in (None, ""):
        return ""
    match question.kind:
        case "money":
            return dates.amount(value, ask.place.workflow.currency, ask.language)
        case "number":
            return dates.number(value, ask.language)
        case "choice":
            return ask.said(value)
        case "date":
            return dates.day(dates.from_iso(value), ask.language)
        case "schedule":
            return _rows_said(ask, value)
        case "dossier":
            return str(value).rpartition("/")[2]
        case "file":
            return f"{value['name']} ({dates.size(value['size'], ask.language)})"
    return str(value)


def _rows_said(ask: Ask, rows: list[dict[str, Any]]) -> str:
    currency = ask.place.workflow.currency
    lines = [
        f"{dates.short_day(dates.from_iso(row['day']), ask.language)}: {row['what']}, "
        f"{dates.amount(row['money'], currency, ask.language)}"
        for row in rows
    ]
    return "\n".join([*lines, ask.say("Together: %(sum)s", sum=dates.amount(total(rows), currency, ask.language))])
