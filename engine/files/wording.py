"""Is every text there in every language, and every letter?"""

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.errors import nearest
from engine.files.complaints import Complaint
from engine.files.conditions import questions_in
from engine.files.source import Source, Spot
from engine.files.values import read_text
from engine.rules.divided import scopes
from engine.rules.giving import rules_in
from engine.rules.meetings_apart import title_of_part
from engine.rules.numbers import Named
from engine.rules.questions import Question
from engine.rules.round import Round
from engine.rules.workflow import Letters, Workflow

OF_SEATS = (
    "seat-held", "seat-given-back", "waiting-list", "seat-offered", "offer-lapsed", "waiting-list-moved",
    "waiting-list-cancelled",
)  # fmt: skip
"""letters to whoever signs up for a meeting; the first two bring an invitation, and its withdrawal"""
OURS = (
    "obligation-reminder", "deadline-extended", "staff-message", "obligation-overdue", "obligation-excused",
    "changes-asked", "handed-in-accepted", "times-proposed", "times-declined", "times-proposed-staff",
    "times-declined-staff", "invitation", "invitation-changed", "invitation-cancelled",
    "money-paid", "payment-taken-back", *OF_SEATS,
)  # fmt: skip
"""letters that the engine sends by itself; a programme may have its own of that name"""
LETTER_FILE = re.compile(r"letters/([^/]+)/([^/]+)\.md")
WORDS_FILE = re.compile(r"words\.([^/.]+)\.toml")


def texts(workflow: Workflow, rounds: Mapping[str, Round]) -> dict[str, str]:
    """Every text that people read in the rules and the rounds -> where it stands first."""
    found: dict[str, str] = {}
    for where, text in _texts(workflow, rounds):
        found.setdefault(text, where)
    return found


def _texts(workflow: Workflow, rounds: Mapping[str, Round]) -> Iterator[tuple[str, str]]:
    yield "[workflow] title", workflow.title
    for committee in workflow.committees.values():
        yield f"[committee.{committee.name}] title", committee.title
    for phase, title in workflow.phases.items():
        yield f"[phase] {phase}", title
    for strand, title in workflow.strands.items():
        yield f"[strand] {strand}", title
    for state in workflow.states.values():
        for key, text in (("title", state.title), ("shown", state.shown), ("ahead", state.ahead)):
            yield f"[state.{state.name}] {key}", text
    for question in workflow.questions.values():
        yield from _asked(f"[question.{question.name}]", question)
    for deliverable in workflow.deliverables.values():
        yield f"[deliverable.{deliverable.name}] title", deliverable.title
        for question in deliverable.questions.values():
            yield from _asked(f"[deliverable.{deliverable.name}.question.{question.name}]", question)
    for criterion in workflow.criteria.values():
        yield f"[criterion.{criterion.name}] title", criterion.title
        # a mark without a small letter, such as A or B+, is a sign and no word
        for mark in criterion.words:
            if mark != mark.upper():
                yield f"[criterion.{criterion.name}] scale", mark
    for assessment in workflow.assessments.values():
        yield f"[assessment.{assessment.name}] title", assessment.title
    for meeting in workflow.meetings.values():
        yield f"[meeting.{meeting.name}] title", meeting.title
    for promise in workflow.promises.values():
        yield f"[promise.{promise.name}] title", promise.title
    lists = dict.fromkeys(one.choices.name for _, one in questions_in(workflow) if isinstance(one.choices, Named))
    for round in rounds.values():
        yield f"[round] title in {round.file}", round.title
        for name in lists:
            given = round.given.get(name, ())
            for choice in given if isinstance(given, tuple) else ():
                yield f"[given] {name} in {round.file}", choice
        for moved in round.moved:
            yield f"[[extension]] reason in {round.file}", moved.reason
        for name, sessions in round.meetings.items():
            for session in sessions:
                if session.place is not None:
                    yield f"[[meeting.{name}]] place in {round.file}", session.place


def _asked(where: str, question: Question) -> Iterator[tuple[str, str]]:
    yield f"{where} ask", question.ask
    if question.help:
        yield f"{where} help", question.help
    for choice in question.choices if isinstance(question.choices, tuple) else ():
        yield f"{where} choices", choice


def read_words(source: Source) -> dict[str, str]:
    """A flat table from the original text to its translation."""
    words = {}
    for original, translation in (source.data or {}).items():
        spot = Spot(source, (original,))
        if isinstance(translation, dict | list):
            spot.complain('a file of words is flat: "original" = "translation"')
        elif (text := read_text(translation, spot)) is not None:
            words[original] = text
    return words


def judge_words(
    workflow: Workflow,
    rounds: Mapping[str, Round],
    sources: Mapping[str, Source],
    words: Mapping[str, Mapping[str, str]],
) -> None:
    """Complain about texts without a translation, and warn about translations of nothing."""
    wanted = texts(workflow, rounds)
    complete = not any(source.has_errors for source in sources.values())  # else a text may stand in what was left out
    languages = Spot(sources["workflow.toml"], ("workflow", "languages"))
    for language in workflow.languages:
        if language == workflow.language:
            continue
        file = f"words.{language}.toml"
        if file not in sources:
            languages.complain(f'the words for "{language}" are missing: write {file} ({len(wanted)} texts)')
            continue
        written = (sources[file].data or {}).keys()
        spot = Spot(sources[file], ())
        for text, where in wanted.items():
            if text not in written:
                spot.complain(f'"{text}" has no translation ({where})')
        for text in written:
            if text not in wanted and complete:
                match = nearest(text, [other for other in wanted if other not in written])
                hint = f'; did you mean "{match}"?' if match else ""
                spot.at(text).complain(f"nothing in the rules or the rounds says this{hint}", "warning")
    for language in words:
        file = f"words.{language}.toml"
        if language == workflow.language:
            Spot(sources[file], ()).complain(f'the rules are written in "{language}" already; this file is not used')
        elif language not in workflow.languages:
            Spot(sources[file], ()).unknown("language", language, workflow.languages)


def titles_of_parts(workflow: Workflow, rounds: Iterable[Round], words: Mapping[str, str]) -> dict[str, str]:
    """The translated titles of the meetings of strands and answers, which are made of what the files say."""
    return {
        part.title: title_of_part(words.get(whole.title, whole.title), words.get(called, called))
        for rules in (rules_in(workflow, one.given) for one in rounds)
        for part in rules.meetings.values() if part.of
        for whole, called in ((rules.meetings_apart[part.of], scopes(rules, part.per)[part.scope]),)
    }  # fmt: skip


def tellings(workflow: Workflow) -> Iterator[tuple[tuple[str, ...], Letters]]:
    """Every place of the workflow that names letters: its path, and role -> letter."""
    for transition in workflow.transitions.values():
        yield ("transition", transition.name, "tell"), transition.tell
        if not isinstance(transition.if_not, str):
            yield ("transition", transition.name, "if_not"), transition.if_not
    for obligation in workflow.obligations.values():
        yield ("obligation", obligation.name, "if_not"), obligation.if_not
    for reminder in workflow.reminders.values():
        yield ("reminder", reminder.name, "tell"), reminder.tell
    for promise in workflow.promises.values():
        yield ("promise", promise.name, "tell"), promise.tell
    for announcement in workflow.announcements.values():
        yield ("announcement", announcement.name, "tell"), announcement.tell


def read_letters_of(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """language -> letter -> its Markdown, from `letters/LANGUAGE/LETTER.md`."""
    letters: dict[str, dict[str, str]] = {}
    for file, text in files.items():
        match = LETTER_FILE.fullmatch(file)
        if match:
            letters.setdefault(match.group(1), {})[match.group(2)] = text
    return letters


def _told(
    workflow: Workflow, source: Source, rounds: Mapping[str, Round], sources: Mapping[str, Source]
) -> Iterator[tuple[Spot, Letters]]:
    """Every place of the rules and of the rounds that names letters."""
    for path, tell in tellings(workflow):
        yield Spot(source, path), tell
    for round in rounds.values():
        for notice in round.notices.values():
            yield Spot(sources[round.file], ("announcement", notice.position, "tell")), notice.tell


def judge_letters(
    workflow: Workflow,
    source: Source,
    letters: Mapping[str, Mapping[str, str]],
    where: str,
    rounds: Mapping[str, Round],
    sources: Mapping[str, Source],
) -> None:
    """Complain about letters that are told and not written, once for each, and warn about those never told."""
    every = {name for written in letters.values() for name in written}
    told: set[str] = set()
    for spot, tell in _told(workflow, source, rounds, sources):
        for role, letter in tell.items():
            if letter in told or letter in OURS:
                continue
            told.add(letter)
            lacking = [language for language in workflow.languages if letter not in letters.get(language, {})]
            if lacking:
                match = nearest(letter, every) if len(lacking) == len(workflow.languages) else None
                hint = f'; did you mean "{match}"?' if match else ""
                files = ", ".join(f"letters/{language}/{letter}.md" for language in lacking)
                spot.at(role).complain(f'the letter "{letter}" is not written: {files}{hint}')
    for language, written in letters.items():
        for letter in written:
            file = f"{where}letters/{language}/{letter}.md"
            if language not in workflow.languages:
                sentence = f'"{language}" is not one of the languages of the workflow'
                source.complaints.append(Complaint(file, 1, None, None, sentence, "warning"))
            elif letter not in told and letter not in OURS and not source.broken:
                source.complaints.append(Complaint(file, 1, None, None, "no rule tells this letter", "warning"))
