"""Which people does a spreadsheet bring in, and for what part in which round?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import GrantcycleError
from engine.files.spreadsheet import RowReader, Sheet
from engine.rules.divided import check_scope
from engine.rules.roles import observer_of
from engine.rules.workflow import APPLICANT, Workflow

REQUIRED = ("round", "name", "email", "language", "role")
OPTIONAL = ("chair", "per")


@dataclass(frozen=True)
class PersonLine:
    """One person's part in one round."""

    round: str
    name: str
    email: str
    language: str
    role: str
    chair: bool
    scope: str
    """for whose strand or answer, of a committee of which there is one for each; empty for every one"""


def people_of(
    sheet: Sheet, workflows: Mapping[str, Workflow], address: Callable[[str], str], name: Callable[[str], str]
) -> Sequence[PersonLine]:
    """The people of a spreadsheet, one part a row; `workflows` holds the workflow of each open round.

    `address` and `name` read a cell, and raise GrantcycleError for what is none. Raises Complaints with everything that
    is wrong in it, by line.
    """
    seen: dict[tuple[str, str, str, str], int] = {}
    found = []
    for row in sheet.rows:
        reader = RowReader(sheet, row)
        round_key = reader.one_of("round", sorted(workflows), required=True)
        workflow = workflows.get(round_key or "")
        line = PersonLine(
            round=round_key or "",
            name=reader.read("name", name, required=True) or "",
            email=reader.read("email", address, required=True) or "",
            language=(reader.one_of("language", workflow.languages, required=True) or "") if workflow else "",
            role=(reader.one_of("role", roles_of(workflow), required=True) or "") if workflow else "",
            chair=reader.read("chair", _yes_or_no) or False,
            scope=reader.read("per", str) or "",
        )
        if workflow and line.role in roles_of(workflow):
            try:
                check_scope(workflow, line.role, line.scope)
            except GrantcycleError as problem:
                reader.complain("per", str(problem))
        if workflow and line.chair and line.role not in workflow.committees:
            reader.complain("chair", f'only a committee has a chair, and "{line.role}" is none')
        key = (line.round, line.email, line.role, line.scope)
        if all(key[:3]) and key in seen:
            reader.complain("email", f"{line.email} also stands on line {seen[key]} as {line.role}")
        seen.setdefault(key, row.line)
        found.append(line)
    sheet.refuse()
    return found


def roles_of(workflow: Workflow) -> tuple[str, ...]:
    """The parts that a person can be given in a round: everybody but the applicants, who come with a dossier."""
    parts = tuple(role for role in workflow.roles if role != APPLICANT)
    return (*parts, *map(observer_of, workflow.committees))


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise GrantcycleError(f'"{text}" is neither yes nor no')
    return text.lower() == "yes"
