"""How is it said who scores which dossiers, when and on what?"""

from collections.abc import Iterator

from engine.files.prose_words import Voice, sentence
from engine.rules.workflow import Assessment


def told_of(voice: Voice, one: Assessment) -> Iterator[str]:
    """An assessment in sentences."""
    workflow = voice.workflow
    yield voice.say(
        "assessment", title=voice.words(one.title), name=one.name, who=voice.role(one.by),
        states=voice.states(one.about), window=_when(voice, one),
    )  # fmt: skip
    if one.readers is not None:
        yield voice.say("readers", members=voice.count("members", one.readers))
    if one.reads is not None:
        asked = [
            voice.title(title)
            for name in one.reads
            for title in (
                *([workflow.questions[name].ask] if name in workflow.questions else []),
                *([workflow.deliverables[name].title] if name in workflow.deliverables else []),
            )
        ]
        yield voice.say("reads", questions=voice.both(asked))
    if not one.criteria:
        yield voice.say("report only")
        return
    yield voice.say("marks for", criteria=voice.both([voice.title(workflow.criteria[name].title)
                                                      for name in one.criteria]))  # fmt: skip
    yield voice.say(f"score {one.score}")
    if one.set_aside is not None:
        yield sentence(voice.say("set aside", who=voice.role(one.set_aside)))
    if one.spread is not None:
        yield voice.say("spread", question=voice.title(workflow.questions[one.spread].ask))


def _when(voice: Voice, one: Assessment) -> str:
    if one.within or one.own_window:
        return ", " + voice.window(None, one.within, one.own_window)
    if one.window is None:
        return ""
    if one.window.during:
        return ", " + voice.say("in phase", phase=voice.title(voice.workflow.phases[one.window.during]))
    return f", {voice.window(one.window)}"
