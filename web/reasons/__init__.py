"""How is the engine's reason for a "no" said in the reader's language?

The engine gives each reason a code and its facts. Of a code's sentences the first is said for which there are facts.
"""

import re
from collections.abc import Mapping

from engine.errors import Refusal
from web.ask import Ask
from web.dates import number
from web.reasons.facts import SAYING, Fact
from web.reasons.guards import GUARDS
from web.reasons.judging import JUDGING
from web.reasons.meetings import MEETINGS
from web.reasons.moves import MOVES
from web.reasons.owed import OWED
from web.reasons.people import PEOPLE
from web.reasons.rules import RULES
from web.reasons.sentence import Sentences
from web.reasons.server import SERVER
from web.reasons.timing import DATES
from web.reasons.writing import WRITING

PLACES = re.compile(r"%\((\w+)\)s")
BECAUSE = "because"
"""the fact that tells reasons of one code from each other"""
PARTS = (WRITING, GUARDS, MOVES, JUDGING, DATES, MEETINGS, OWED, PEOPLE, RULES, SERVER)
SENTENCES: Sentences = {reason: said for part in PARTS for reason, said in part.items()}


def sentence_for(code: str, facts: Mapping[str, Fact]) -> str | None:
    """The English sentence for a reason with such facts; None where there is none."""
    for because in (str(facts.get(BECAUSE, "")), ""):
        for found in SENTENCES.get((code, because), ()):
            if set(PLACES.findall(found)) <= facts.keys():
                return found
    return None


def said_by(ask: Ask, refusal: Refusal) -> str:
    """A reason in the reader's language; in the engine's own English where it has no words here."""
    facts = refusal.facts
    sentence = sentence_for(refusal.code, facts)
    if sentence is None or (not ask.is_placed and facts.keys() & SAYING.keys()):
        return refusal.sentence
    words = {name: _in_words(ask, name, facts) for name in PLACES.findall(sentence)}
    return ask.say(sentence) % words


def _in_words(ask: Ask, name: str, facts: Mapping[str, Fact]) -> str:
    value = facts[name]
    if name in SAYING:
        return SAYING[name](ask, value, facts)
    return value if isinstance(value, str) else number(value, ask.language)
