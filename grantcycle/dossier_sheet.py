"""Which dossiers does a spreadsheet bring in?"""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from engine.cycle import Imported
from engine.files.spreadsheet import RowReader, read_sheet
from engine.rules.forms import check_answer
from engine.rules.giving import asked_of
from engine.rules.moments import zone_info
from engine.rules.questions import Question
from engine.rules.typed import parse_answer
from engine.rules.workflow import Workflow
from grantcycle.addresses import read_address, read_person_name
from grantcycle.instants import read_instant

REQUIRED = ("organisation", "name", "email", "language")
OPTIONAL = ("number", "state", "received", "strand", "clocks")


def read_dossiers(path: Path, workflow: Workflow, zone: str, taken: Collection[str]) -> list[Imported]:
    """The dossiers of a spreadsheet, one a row; `taken` are the numbers that the round already has.

    Raises Complaints with everything that is wrong in it, by line.
    """
    typed = [question for question in workflow.questions.values() if question.kind != "file"]
    sheet = read_sheet(path, required=REQUIRED, optional=(*OPTIONAL, *(question.name for question in typed)))
    seen: dict[str, int] = {}
    found = []
    for row in sheet.rows:
        reader = RowReader(sheet, row)
        number = row.get("number")
        if number in taken:
            reader.complain("number", f"there already is a dossier {number} in this round")
        if number and number in seen:
            reader.complain("number", f"{number} also stands on line {seen[number]}")
        seen.setdefault(number, row.line)
        strand = reader.one_of("strand", tuple(workflow.strands), required=bool(workflow.strands))
        found.append(
            Imported(
                organisation=reader.read("organisation", read_person_name, required=True) or "",
                name=reader.read("name", read_person_name, required=True) or "",
                email=reader.read("email", read_address, required=True) or "",
                language=reader.one_of("language", workflow.languages, required=True) or "",
                number=number or None,
                state=reader.one_of("state", tuple(workflow.states)),
                received_at=reader.read("received", partial(read_instant, zone=zone)),
                answers=_answers(reader, asked_of({one.name: one for one in typed}, strand or _first(workflow))),
                strand=strand,
                clocks=reader.read("clocks", _zone),
            )
        )
    sheet.refuse()
    # what has a number comes first, so that the next free number is never one that stands further down
    return sorted(found, key=lambda dossier: dossier.number is None)


def _zone(text: str) -> str:
    """A time zone by its name, `Pacific/Auckland`. Raises GrantcycleError for another word."""
    zone_info(text)
    return text


def _first(workflow: Workflow) -> str | None:
    """Whose limits answers are held to where the strand itself is complained about."""
    return next(iter(workflow.strands), None)


def _answers(reader: RowReader, questions: Mapping[str, Question]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in questions.values():
        answer = reader.read(question.name, partial(parse_answer, question))
        if answer is None:
            continue
        answers[question.name] = answer
        if refusal := check_answer(question, answer, answers):
            reader.complain(question.name, refusal.sentence)
    return answers
