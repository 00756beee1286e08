"""How is a workflow written as SCXML, for the tools that run or check state machines?

W3C State Chart XML 1.0 (https://www.w3.org/TR/scxml/). Guards and letters are beyond it: they stand in comments.
"""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from engine.files.layout import caption
from engine.files.prose_words import Voice
from engine.files.reading import Programme
from engine.rules.workflow import State, Transition


def draw_scxml(programme: Programme, language: str) -> str:
    """The states as SCXML states, and each move as a transition on an event of its own.

    `act.submit` is what a person does, `verdict.award` a verdict that takes effect, `calendar.lapse` what the calendar
    does; an end state is final, so that a machine that reaches it is done.
    """
    return "\n".join(_document(Voice(programme, None, language))) + "\n"


def event(transition: Transition) -> str:
    """The event that a move answers."""
    if transition.by is None:
        return f"calendar.{transition.name}"
    return f"{'verdict' if transition.takes_effect else 'act'}.{transition.name}"


def cause(transition: Transition) -> str:
    """Who or what makes a move, in the words of the file: `applicant`, `call closes`, `after 14 days`."""
    return transition.by or transition.comes


def _document(voice: Voice) -> Iterator[str]:
    workflow = voice.workflow
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield _comment(voice.words(workflow.title))
    name = quoteattr(workflow.programme.replace("-", "_"))
    yield (
        f'<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="null" name={name} '
        f"initial={quoteattr(workflow.begins_in)}>"
    )
    for state in workflow.states.values():
        yield from _state(voice, state)
    yield "</scxml>"


def _state(voice: Voice, state: State) -> Iterator[str]:
    moves = [move for move in voice.workflow.transitions.values() if state.name in move.sources]
    yield f"  {_comment(voice.words(state.title))}"
    if not moves:
        yield f"  <final id={quoteattr(state.name)}/>"
        return
    yield f"  <state id={quoteattr(state.name)}>"
    for move in moves:
        yield f"    {_comment(f'{caption(move)} ({cause(move)})')}"
        yield f"    <transition event={quoteattr(event(move))} target={quoteattr(move.target)}/>"
    yield "  </state>"


def _comment(words: str) -> str:
    """A comment, in which two hyphens may not stand side by side, nor one at its end."""
    while "--" in words:
        words = words.replace("--", "- -")
    return f"<!-- {words} -->"
