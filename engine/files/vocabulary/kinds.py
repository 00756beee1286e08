"""Which kinds of value are there, and which words does each closed list hold?"""

from typing import Any

from engine.files.vocabulary.shapes import Kind

TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "pattern": "^[^\\r\\n]*\\S[^\\r\\n]*$"}
NAME: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
LETTERS: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
}
SPAN: dict[str, Any] = {"type": "string", "pattern": "^[1-9][0-9]* (working day|day|week|month|year)s?$"}
MOMENT: dict[str, Any] = {
    "type": "string",
    "pattern": "^([1-9][0-9]* (working day|day|week|month|year)s? (before|after) )?[a-z][a-z0-9_]* (opens|closes)$",
}
OWN_MOMENT: dict[str, Any] = {
    "type": "string",
    "pattern": "^([1-9][0-9]* (working day|day|week|month|year)s? (before|after) )?[a-z][a-z0-9_]*( accepted)?$",
}
ANY_MOMENT: dict[str, Any] = {"anyOf": [MOMENT, OWN_MOMENT]}
WHEN: dict[str, Any] = {"anyOf": [MOMENT, OWN_MOMENT, {"const": "a place frees"}]}
MOVES: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]* moves$"}
REMINDER: dict[str, Any] = {"type": "string", "pattern": "^[1-9][0-9]* (working day|day|week|month|year)s?( after)?$"}
ONLINE: dict[str, Any] = {"type": "string", "format": "uri", "pattern": "^https://[^\\s/@]+(/\\S*)?$"}
DATE: dict[str, Any] = {"type": "string", "format": "date"}
ABOVE: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0}
HOUR: dict[str, Any] = {"type": "string", "format": "time"}
SHARE = "^[0-9]{1,3}([.][0-9]{1,6})? %$"
PART = "^[0-9]{1,3}([.][0-9]{1,6})? % of [a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)?$"


def _number(schema: dict[str, Any], *, share: bool = True, part: bool = False) -> dict[str, Any]:
    """As it is, by a name that the round gives, as a share, as a part of an answer, or one for each strand."""
    worded = {"type": "string", "pattern": "|".join([NAME["pattern"], *[SHARE] * share, *[PART] * part])}
    one = [schema, worded]
    return {"anyOf": [*one, {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": one}}]}


COUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 1000000}


PLAIN_OR_SHARE: dict[str, Any] = {"anyOf": [ABOVE, {"type": "string", "pattern": SHARE}]}
GIVEN: dict[str, Any] = {
    "anyOf": [
        *PLAIN_OR_SHARE["anyOf"],
        {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
        {"type": "object", "minProperties": 1, "additionalProperties": PLAIN_OR_SHARE},
    ]
}


def _one_or_more(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "array", "items": schema, "minItems": 1, "uniqueItems": True}]}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema, "minItems": 1, "uniqueItems": True}


def _closed(name: str, *words: str, later: tuple[str, ...] = ()) -> Kind:
    return Kind(name, " or ".join(f"`{word}`" for word in words), {"enum": list(words)}, words, later)


SCALE: dict[str, Any] = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 21, "uniqueItems": True},
    ]
}
REACH: dict[str, Any] = {"type": "string", "pattern": "^(ever|[1-9][0-9]* (round|working day|day|week|month|year)s?)$"}
ONCE: dict[str, Any] = {
    "anyOf": [
        {"enum": ["person", "organisation"]},
        {
            "type": "object",
            "properties": {"person": REACH, "organisation": REACH},
            "minProperties": 1,
            "additionalProperties": False,
        },
    ]
}
MARKS: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": {"type": ["number", "string"]}}
SLOTS: dict[str, Any] = {
    "type": "object",
    "properties": {"count": COUNT, "minutes": COUNT, "pause": {"type": "integer", "minimum": 0}},
    "required": ["minutes"],
    "additionalProperties": False,
}

_ALL = (
    Kind("text", "text on one line", TEXT),
    Kind("texts", "list of texts", _list(TEXT)),
    Kind("yes or no", "`true` or `false`", {"type": "boolean"}),
    Kind("count", "whole number from 1", COUNT),
    Kind("weight", "number from 0", {"type": "number", "minimum": 0}),
    Kind("places", "a *number*, whole", _number(COUNT)),
    Kind("floor", "a *number*, or a mark in words", {"anyOf": [_number(ABOVE), TEXT]}),
    Kind("ceiling", "a *number*, no share, or a part of another answer: `\"50 % of costs\"`",
         _number(ABOVE, share=False, part=True)),
    Kind("seats", "a *number*, whole and no share", _number(COUNT, share=False)),
    Kind("least", "a *number*, from 0 on, no share, or a part of another answer",
         _number({"type": "number", "minimum": 0}, share=False, part=True)),
    Kind("choices", "list of at least two texts, or a name under `[given]`",
         {"anyOf": [{**_list(TEXT), "minItems": 2}, NAME]}),
    Kind("format", "`1`", {"const": 1}),
    Kind("language", 'code such as `"nl"`', {"type": "string", "pattern": "^[a-z]{2,3}$"}),
    Kind("languages", "list of codes", _list({"type": "string", "pattern": "^[a-z]{2,3}$"})),
    Kind("currency", 'ISO code such as `"EUR"`', {"type": "string", "pattern": "^[A-Z]{3}$"}),
    Kind("state", "a state", NAME),
    Kind("states", "a state, or a list of states", _one_or_more(NAME)),
    Kind("phase", "a phase", NAME),
    Kind("schedule", "a question of the kind `schedule`", NAME),
    Kind("paid question", "a question of the kind `money` or `schedule`", NAME),
    Kind("strand", "a strand", NAME),
    Kind("strands", "a strand, or a list of strands", _one_or_more(NAME)),
    Kind("set", "`strand`, or a question", NAME),
    Kind("meeting", "a meeting", NAME),
    Kind("committee", "a committee", NAME),
    Kind("once", '`person`, `organisation`, or how far back: `{ person = "2 rounds" }`, `{ organisation = "1 year" }`',
         ONCE),
    Kind("recent", '`{ STATE = "ever" }`, or so many rounds, `"2 rounds"`, or a span, `"2 years"`',
         {"type": "object", "minProperties": 1, "propertyNames": NAME, "additionalProperties": REACH}),
    Kind("deliverable", "a deliverable", NAME),
    Kind("deliverables", "a deliverable, or a list of them", _one_or_more(NAME)),
    Kind("open to", "a state, a list of states, `everyone`, or a committee", _one_or_more(NAME)),
    Kind("actor", "`applicant`, `staff` or a committee", NAME),
    Kind("letters", '`{ role = "letter" }`', LETTERS),
    Kind("if not", '`{ role = "letter" }`, or a transition', {"anyOf": [LETTERS, NAME]}),
    Kind("bookable", "`staff` or a committee", NAME),
    Kind("reviewer", "`staff` or a committee", NAME),
    Kind("span", 'a span, `"3 days"`', SPAN),
    Kind("spans", 'a span, or a list of spans', _one_or_more(SPAN)),
    Kind("reminders", 'list of spans, `["14 days", "1 week", "3 days after"]`', _list(REMINDER)),
    Kind("own moment", "a moment, or one of the dossier itself", ANY_MOMENT),
    Kind("when", 'a moment, one of the dossier itself, or `"a place frees"`', WHEN),
    Kind("moments", "a moment, one of the dossier itself, or a list of them", _one_or_more(ANY_MOMENT)),
    Kind("announced", "a moment, or `PHASE moves`", {"anyOf": [MOMENT, MOVES]}),
    Kind("phase edge", "`PHASE opens` or `PHASE closes`",
         {"type": "string", "pattern": "^[a-z][a-z0-9_]* (opens|closes)$"}),
    Kind("between", "`[moment, moment]`", {"type": "array", "items": ANY_MOMENT, "minItems": 2, "maxItems": 2}),
    Kind("guards", "`{ guard = value }`, see *Guards*", {"$ref": "#/$defs/guards"}),
    Kind("endings", 'list of endings, `["pdf"]`', _list({"type": "string", "pattern": "^[a-z0-9]+$"})),
    Kind("scale", "`[worst, best]`, two numbers, or marks in words with the worst first", SCALE),
    Kind("money question", "a question of the kind `money`", NAME),
    Kind("divided", "`strand`, or a question of the kind `choice` that is `required`", NAME),
    Kind("per", "`strand`, `batch`, or a question of the kind `choice`", NAME),
    Kind("marks", "`{ criterion = mark }`", MARKS),
    Kind("slots", "`{ count, minutes, pause }`, whole numbers; count and pause may be left out", SLOTS),
    Kind("order", "list of `score`, `received`, `committee` and criteria", _list(NAME)),
    Kind("scored question", "a question of the dossier", NAME),
    Kind("seen", "list of questions of the dossier, and of deliverables", _list(NAME)),
    Kind("scored criteria", "list of criteria, or `[]`", {"type": "array", "items": NAME, "uniqueItems": True}),
    Kind("questions", "a table of questions", {"$ref": "#/$defs/questions"}),
    Kind("number prefix", 'letters and digits, such as `"CI19"`', {"type": "string", "pattern": "^[A-Za-z0-9]{1,12}$"}),
    Kind("zone", 'IANA name such as `"Europe/Brussels"`', {"type": "string", "minLength": 1}),
    Kind("phase zone", 'IANA name such as `"America/New_York"`, or `"applicant"`: those of each dossier',
         {"type": "string", "minLength": 1}),
    Kind("region", 'ISO code such as `"BE"` or `"GB-ENG"`',
         {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"}),
    Kind("date", "a date", DATE),
    Kind("hour", "a local time, `09:00:00`", HOUR),
    Kind("online", 'an address, `"https://…"`', ONLINE),
    Kind("edge", "a date, or a local date-time", {"anyOf": [DATE, {"type": "string", "format": "date-time"}]}),
    Kind("grace", '`"60 seconds"`, `"5 minutes"` or `"1 hour"`',
         {"type": "string", "pattern": "^[1-9][0-9]* (second|minute|hour)s?$"}),
    _closed("question kind", "text", "long_text", "money", "file", "number", "choice", "date", "schedule", "dossier",
            "conflicts"),
    _closed("every", "year", "month", "week"),
    _closed("roll", "next working day"),
    _closed("ties", "ask", "in", "out"),
    _closed("score", "mean", "sum", "consensus"),
    _closed("release", "auto", "hold", "two people"),
    Kind("answers", '`{ question = "choice" }`, or a list of choices',
         {"type": "object", "minProperties": 1, "additionalProperties": _one_or_more(TEXT)}),
    _closed("complete", "complete"),
    _closed("all", "all"),
    _closed("written", "written"),
    _closed("missing", "missing"),
    _closed("written or missing", "written", "missing"),
    Kind("later", "not supported yet", {"not": {}}),
)  # fmt: skip

KINDS = {kind.name: kind for kind in _ALL}
