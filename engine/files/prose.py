"""How does a round sound when it is read aloud to a board?

Everything that the rules and the dates say is told in whole sentences, nothing else: a change of the files that
changes nothing here was not understood.
"""

import re
from collections.abc import Iterator, Mapping

from engine.files.prose_assessments import told_of
from engine.files.prose_phases import happenings
from engine.files.prose_words import Voice, sentence
from engine.files.reading import Programme
from engine.rules.marks import falls
from engine.rules.numbers import Named
from engine.rules.questions import Question
from engine.rules.round import NEVER, Notice, Round
from engine.rules.workflow import STRAND, Committee, Criterion, Deliverable, State

PLAIN_KINDS = ("text", "long_text", "file", "dossier", "conflicts")
"""kinds whose phrase has the name of the kind; that of the others is a word of the format besides"""
FILLED_IN = re.compile(r"\{%.*%\}|\{\{.*?\}\}")


def read_aloud(programme: Programme, round: Round | None, language: str) -> str:
    """The rules, and where a round is given its dates, as Markdown prose in `nl`, `fr` or `en`.

    Raises Unknown for another language.
    """
    voice = Voice(programme, round, language)
    blocks = [*_beginning(voice), *_phases(voice), *_states(voice), *_dossier(voice), *_deliverables(voice)]
    workflow = voice.workflow
    for phase, title in workflow.phases.items():
        told = list(happenings(voice, phase))
        if told:
            blocks += [f"## {voice.words(title)}", *_dates_of(voice, phase), *told]
    if round is not None and round.notices:
        blocks += [f"## {voice.say('notices')}", *(_notice(voice, one) for one in round.notices.values())]
    if told := list(happenings(voice, None)):
        blocks += [f"## {voice.say('anytime')}", *told]
    letters = programme.letters.get(language, {})
    if letters:
        lines = [
            f"- `{name}`{voice.say('colon')}{voice.say('quote', text=_subject(text))}"
            for name, text in sorted(letters.items())
        ]
        blocks += [f"## {voice.say('letters')}", "\n".join(lines)]
    return "\n\n".join(blocks) + "\n"


def _notice(voice: Voice, notice: Notice) -> str:
    told = voice.say("notice", day=voice.edge(notice.on), letters=voice.letters(notice.tell))
    return f"{told} {voice.say('concerned', states=voice.states(notice.about))}" if notice.about else told


def _subject(letter: str) -> str:
    """The first line of a letter; what is filled in later is left open."""
    return FILLED_IN.sub("…", letter.lstrip().partition("\n")[0].strip())


def _beginning(voice: Voice) -> Iterator[str]:
    workflow, round = voice.workflow, voice.round
    programme = voice.title(workflow.title)
    if round is None:
        yield f"# {voice.words(workflow.title)}"
        yield voice.say("rules", programme=programme, name=workflow.programme)
    else:
        title = voice.words(round.title)
        yield f"# {title}"
        yield voice.say("round", title=title, key=round.key, programme=programme, number=round.number)
        yield voice.say(
            "hours of", city=voice.city(round.timezone), zone=round.timezone, hour=voice.clock(round.mails_at),
            country=voice.country(round.holidays),
        )  # fmt: skip
    language, languages = voice.language_name(workflow.language), [*map(voice.language_name, workflow.languages)]
    if languages == [language]:
        sentences = [voice.say("one language", language=language)]
    else:
        sentences = [voice.say("languages", language=language, languages=voice.both(languages))]
    if code := workflow.currency:
        sentences.append(voice.say("currency", currency=voice.currency(code), code=code))
    yield " ".join(sentences)
    if workflow.strands:
        named = [f"**{voice.words(title)}** (`{name}`)" for name, title in workflow.strands.items()]
        yield voice.say("strands", names=voice.both(named))
    for committee in workflow.committees.values():
        yield " ".join(_committee(voice, committee))


def _committee(voice: Voice, committee: Committee) -> Iterator[str]:
    yield voice.say("who judges", title=voice.words(committee.title), name=committee.name)
    if committee.observers:
        yield voice.say("observers", names=voice.both(committee.observers))
    if committee.per == STRAND:
        yield voice.say("committee per strand")
    elif committee.per:
        yield voice.say("committee per question", question=voice.title(voice.workflow.questions[committee.per].ask))
    if committee.quorum is not None:
        yield voice.count("quorum", committee.quorum)


def _phases(voice: Voice) -> Iterator[str]:
    yield f"## {voice.say('phases')}"
    lines = []
    for name, title in voice.workflow.phases.items():
        dates = voice.say("colon") + voice.dates_of_all(name) if voice.round else ""
        lines.append(f"- **{voice.words(title)}** (`{name}`){dates}.")
    yield "\n".join(lines)


def _dates_of(voice: Voice, phase: str) -> Iterator[str]:
    if voice.round is None:
        return
    dates = voice.round.phases[phase]
    told = [sentence(voice.dates_of_all(phase)) + "."]
    if dates.grace:
        told.append(voice.say("grace", grace=voice.length(dates.grace)))
    for moved in voice.round.moved:
        if moved.phase == phase:
            was, to, decided = voice.edge(moved.was), voice.edge(moved.to), voice.day(moved.decided)
            reason = voice.words(moved.reason).rstrip(".")
            key = "given an end" if moved.was == NEVER else f"moved {moved.edge}"
            whom = "" if moved.strand is None else f" {voice.say('for whom', strand=voice.strand(moved.strand))}"
            told.append(voice.say(key, was=was, to=to, decided=decided, reason=reason, whom=whom) + ".")
    yield " ".join(told)


def _states(voice: Voice) -> Iterator[str]:
    yield f"## {voice.say('states')}"
    yield "\n".join(f"- {' '.join(_state(voice, state))}" for state in voice.workflow.states.values())


def _state(voice: Voice, state: State) -> Iterator[str]:
    workflow = voice.workflow
    where = voice.say("of phase", phase=voice.title(workflow.phases[state.phase])) if state.phase else ""
    yield f"**{voice.words(state.title)}** (`{state.name}`){where}."
    if state.name == workflow.begins_in:
        yield voice.say("begins")
    if state.name in workflow.ends_in:
        yield voice.say("ends")
    if state.shown != state.title:
        yield voice.say("shown", text=voice.title(state.shown))
    if state.ahead != state.title:
        yield voice.say("ahead", text=voice.title(state.ahead))
    if state.frees_place:
        yield voice.say("frees")


def _dossier(voice: Voice) -> Iterator[str]:
    workflow = voice.workflow
    if workflow.questions:
        yield f"## {voice.say('questions')}"
        yield _questions(voice, workflow.questions)
    if workflow.criteria or workflow.assessments:
        yield f"## {voice.say('criteria')}"
    if workflow.criteria:
        yield voice.say("scores among" if workflow.assessments else "scores")
        lines = []
        for criterion in workflow.criteria.values():
            scale = _scale(voice, criterion)
            lines.append(f"- **{voice.words(criterion.title)}** (`{criterion.name}`){voice.say('colon')}{scale}.")
        yield "\n".join(lines)
    for assessment in workflow.assessments.values():
        yield " ".join(told_of(voice, assessment))


def _scale(voice: Voice, criterion: Criterion) -> str:
    worst, best, weight = map(voice.number, (*criterion.scale, criterion.weight))
    if criterion.words:
        scale = voice.say("scale in words", marks=voice.both([voice.title(one) for one in criterion.words]))
    else:
        scale = voice.say("scale down" if falls(criterion) else "scale", worst=worst, best=best)
    counts = voice.say("weight", weight=weight) if criterion.weight else voice.say("no weight")
    return f"{scale}, {counts}"


def _deliverables(voice: Voice) -> Iterator[str]:
    if voice.workflow.deliverables:
        yield f"## {voice.say('deliverables')}"
    for deliverable in voice.workflow.deliverables.values():
        yield ". ".join([f"**{voice.words(deliverable.title)}** (`{deliverable.name}`)", *_open_to(voice, deliverable)])
        yield _questions(voice, deliverable.questions)


def _open_to(voice: Voice, deliverable: Deliverable) -> Iterator[str]:
    if deliverable.open_to:
        who, states = voice.role(deliverable.by), voice.states(deliverable.open_to)
        yield sentence(voice.say("may hand in", who=who, states=states))


def _questions(voice: Voice, questions: Mapping[str, Question]) -> str:
    lines = []
    for question in questions.values():
        kind = question.kind if question.kind in PLAIN_KINDS else f"{question.kind} kind"
        parts = [voice.say(kind, choices=_choices(voice, question))]
        limit = voice.number if question.kind == "number" else voice.money
        turn = " together" if question.kind == "schedule" else ""
        for key, bound in (("at least", question.at_least), ("at most", question.at_most)):
            if bound is not None:
                parts.append(voice.say(key + turn, limit=voice.amount(bound, limit)))
        if question.max_words is not None:
            parts.append(voice.count("words", question.max_words))
        if question.accept:
            parts.append(voice.say("accept", endings=voice.both(question.accept, "or")))
        parts.append(voice.say("required" if question.required else "optional"))
        told = f"- **{voice.words(question.ask)}** (`{question.name}`){voice.say('colon')}{', '.join(parts)}."
        clauses = [
            voice.answers(guard.value) if isinstance(guard.value, Mapping) else voice.in_strands(guard.names)
            for guard in question.only_if
        ]
        told += f" {voice.say('asked only', clause=voice.both(clauses))}" if clauses else ""
        lines.append(f"{told} {voice.say('help', text=voice.title(question.help))}" if question.help else told)
    return "\n".join(lines)


def _choices(voice: Voice, question: Question) -> str:
    """What one may choose from: nothing, where nothing is chosen."""
    if isinstance(question.choices, Named):
        return voice.say("given list", name=question.choices.name)
    return voice.both([voice.title(choice) for choice in question.choices], "or")
