"""Who might take part in a round, and what would they hand in?

Everything comes from one seed: the same seed invents the same people, answers and files, on every machine.
"""

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

from engine.rehearsal.phrases import FIRST_NAMES, SURNAMES, phrases
from engine.rules.giving import asked_of
from engine.rules.limits import limited, wholes_of
from engine.rules.questions import Question
from engine.rules.typed import parse_answer, write_answer
from engine.rules.workflow import STRAND, Transition, Workflow

DAYS_AHEAD = (30, 300)
"""how far ahead the days lie that are planned"""
SCHEDULED = 3
"""rows of a schedule, so many days apart"""
DAYS_APART = 75
AMOUNTS = ("money", "number", "schedule")
"""kinds of question that a limit may be a part of"""


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """An organisation that does not exist, with those who speak for it: the first one hands in."""

    organisation: str
    contacts: tuple[Invented, ...]

    @property
    def email(self) -> str:
        return self.contacts[0].email

    @property
    def language(self) -> str:
        return self.contacts[0].language


def slug(text: str) -> str:
    """The text as it can stand in an address: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


LEFT_OUT = ("dossier", "conflicts")
"""kinds of question that nobody who was just invented has an answer to"""


class Inventor:
    """Invents people, organisations and words; `chance` is the one source of every choice of a rehearsal."""

    def __init__(self, seed: int, workflow: Workflow) -> None:
        self.chance = random.Random(seed)
        self.workflow = workflow
        first, *others = workflow.languages
        # most write in the programme's own language, as in life
        self._languages = [first] * (3 * len(others) or 1) + others * 2 + [first] * len(others)
        self._organisations: set[str] = set()
        self._people: set[str] = set()

    def language(self) -> str:
        return self.chance.choice(self._languages)

    def person(self, organisation: str, language: str | None = None) -> Invented:
        """Somebody new who works for an organisation."""
        while True:
            name = f"{self.chance.choice(FIRST_NAMES)} {self.chance.choice(SURNAMES)}"
            if name not in self._people:
                break
        self._people.add(name)
        email = f"{slug(name)}@{slug(organisation)}.example"
        return Invented(name, email, language or self.language())

    def applicant(self) -> Applicant:
        """A new organisation; one in four has a second contact."""
        language = self.language()
        known = phrases(language)
        for attempt in range(1, 1_000):
            pattern = self.chance.choice(known.organisations)
            name = pattern.format(noun=self.chance.choice(known.nouns), place=self.chance.choice(known.places))
            if attempt > 50:
                name = f"{name} {attempt}"
            if name not in self._organisations:
                break
        self._organisations.add(name)
        contacts = [self.person(name, language)]
        if self.chance.random() < 0.25:
            contacts.append(self.person(name))
        return Applicant(name, tuple(contacts))

    def sentence(self, patterns: Sequence[str], language: str) -> str:
        """One of the patterns with its places, groups and forms filled in."""
        known = phrases(language)
        text = self.chance.choice(patterns).format(
            place=self.chance.choice(known.places),
            groups=self.chance.choice(known.groups),
            form=self.chance.choice(known.forms),
            noun=self.chance.choice(known.nouns),
        )
        return text[0].upper() + text[1:]

    def answers(
        self, questions: Mapping[str, Question], language: str, on: date, known: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """An answer to each question as it is typed `on` a day, within its limits; a file is answered by its name.

        `known` are the answers of other forms that a limit may be a part of, by the key of their question.
        """
        answers: dict[str, str] = {}
        said = dict(known or {})
        asked = False
        for question in questions.values():
            if question.kind in LEFT_OUT:
                continue
            typed = self._answer(limited(question, said), language, on, first=not asked)
            answers[question.name] = typed
            if question.kind in AMOUNTS:
                said[question.key] = parse_answer(question, typed)
            asked = asked or question.kind == "text"
        return answers

    def new_value(
        self,
        workflow: Workflow,
        transition: Transition,
        language: str,
        strand: str | None,
        on: date,
        known: Mapping[str, Any],
    ) -> dict[str, str]:
        """What whoever makes a move `on` that day says anew: another strand, or another answer than those that are
        `known`; nothing where it sets nothing."""
        if transition.sets is None:
            return {}
        if transition.sets == STRAND:
            others = [one for one in workflow.strands if one != strand]
            return {STRAND: self.chance.choice(others or list(workflow.strands))}
        form = asked_of(workflow.questions, strand)
        question = form[transition.sets]
        if question.key in known and any(question.key in wholes_of(one) for one in form.values()):
            # what others are a part of stays as it is: they might be more than that part otherwise
            return {question.name: write_answer(question, known[question.key])}
        return {question.name: self._answer(limited(question, known), language, on, first=False)}

    def _answer(self, question: Question, language: str, on: date, *, first: bool) -> str:
        known = phrases(language)
        if question.kind == "money":
            return str(self._amount(question))
        if question.kind == "number":
            return str(self._number(question))
        if question.kind == "choice":
            return self.chance.choice(question.offered)
        if question.kind == "date":
            return (on + timedelta(days=self.chance.randint(*DAYS_AHEAD))).isoformat()
        if question.kind == "schedule":
            return self._schedule(question, language, on)
        if question.kind == "file":
            ending = question.accept[0] if question.accept else "pdf"
            return f"{slug(self.sentence(known.titles, language))}.{ending}"
        if question.kind == "long_text":
            return self._long_text(question.max_words or 400, language)
        # the first text of a form is what people call the dossier; what follows names things
        text = self.sentence(known.titles if first else known.partners, language)
        return " ".join(text.split()[: question.max_words]) if question.max_words else text

    def _amount(self, question: Question) -> int:
        ceiling = 50_000 if question.most is None else int(question.most)
        asked = min(ceiling, self.chance.choice((ceiling, ceiling, ceiling * 9 // 10, ceiling * 4 // 5)))
        return max(asked, ceil(question.least or 0))

    def _number(self, question: Question) -> int | float:
        """A whole number where one fits between the limits."""
        least = 1 if question.least is None else question.least
        most = least + 20 if question.most is None else question.most
        if ceil(least) > floor(most):
            return most
        return self.chance.randint(min(ceil(least), floor(most)), floor(most))

    def _schedule(self, question: Question, language: str, on: date) -> str:
        """Three rows, some months apart, that come to an amount within the limits."""
        known = phrases(language)
        share, left = divmod(self._amount(question), SCHEDULED)
        rows = []
        for row in range(SCHEDULED):
            day = on + timedelta(days=(row + 1) * DAYS_APART + self.chance.randint(0, 20))
            amount = share + left if row == SCHEDULED - 1 else share
            rows.append(f"{self.sentence(known.titles, language)} | {day.isoformat()} | {amount}")
        return "\n".join(rows)

    def _long_text(self, max_words: int, language: str) -> str:
        """Two to four paragraphs, well within the limit."""
        known = phrases(language)
        room = self.chance.randint(max_words // 4, max_words * 3 // 4) if max_words > 8 else max_words
        paragraphs: list[str] = []
        used = 0
        while used < room and len(paragraphs) < 4:
            order = self.chance.sample(known.sentences, k=min(4, len(known.sentences)))
            words = " ".join(self.sentence([pattern], language) for pattern in order).split()[: room - used]
            used += len(words)
            paragraphs.append(" ".join(words))
        return "\n\n".join(paragraphs)

    def recommendation(self, language: str) -> str:
        """What a committee member writes to the applicant: something good, and something to work on."""
        known = phrases(language)
        return f"{self.chance.choice(known.praise)} {self.chance.choice(known.doubts)}"


def invented_file(name: str, about: str) -> bytes:
    """The content of a file that only its name is known of: a small PDF, or a line of text."""
    text = f"{about} {name}"
    if not name.lower().endswith(".pdf"):
        return f"{text}\n".encode()
    plain = re.sub(r"[()\\]", " ", text).encode("latin-1", "replace").decode("latin-1")
    # not compressed: what zlib makes of it differs between its builds, and the receipt is over these bytes
    stream = f"BT /F1 18 Tf 60 760 Td ({plain}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%btrailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )
