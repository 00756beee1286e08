"""How is a moment of the calendar said in the reader's language, as the rules name it and without its date?"""

from engine.files.prose_words import PHRASES, Voice
from engine.files.reading import Programme
from engine.rules.times import EdgeName, Moment, Span

LONGEST = 5
"""words of a moment: `14 days before call closes`"""


def moment_said(programme: Programme, moment: str, language: str) -> str:
    """`14 days before call closes` in words, with the phase's title; anything else as it stands."""
    words = moment.split()
    if len(words) not in (2, LONGEST) or words[-2] not in programme.workflow.phases or language not in PHRASES:
        return moment
    edge: EdgeName = "opens" if words[-1] == "opens" else "closes"
    phase = words[-2]
    if len(words) == LONGEST:
        unit = words[1].removesuffix("s")
        span = Span(int(words[0]), unit)  # type: ignore[arg-type]  # as the engine has written it
        found = Moment(phase, edge, span, "before" if words[2] == "before" else "after")
    else:
        found = Moment(phase, edge)
    return Voice(programme, None, language).at(found)
