"""How are the guards told that ask who applies, and what they did before?"""

from engine.files.prose_words import Voice
from engine.rules.conditions import Guard, Once, Reach, Recent


def clause_about_applicants(voice: Voice, guard: Guard) -> str:
    """The clause of `once_per`, `clear_of`, `follows` or `member_of`, as it stands after "if"."""
    if guard.word == "member_of":
        return voice.say("member_of", committee=voice.role(str(guard.value)))
    value = guard.value if isinstance(guard.value, tuple) else ()
    if guard.word == "once_per":
        return voice.both([_once(voice, one) for one in value if isinstance(one, Once)])
    word = "and" if guard.word == "clear_of" else "or"
    named = any(question.kind == "dossier" for question in voice.workflow.questions.values())
    key = "follows named" if guard.word == "follows" and named else guard.word
    return voice.both([_recent(voice, key, one) for one in value if isinstance(one, Recent)], word)


def _once(voice: Voice, once: Once) -> str:
    return voice.say(f"once {once.of}", reach=_reach(voice, "once", once.reach))


def _recent(voice: Voice, key: str, recent: Recent) -> str:
    return voice.say(key, state=voice.states([recent.state]), reach=_reach(voice, "recent", recent.reach))


def _reach(voice: Voice, of: str, reach: Reach) -> str:
    if reach.rounds is not None:
        return voice.count(f"{of} rounds", reach.rounds)
    return voice.say(f"{of} span", span=voice.span(reach.span)) if reach.span else voice.say(f"{of} ever")
