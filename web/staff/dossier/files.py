"""What was answered and handed in, in which versions, and what has changed since it was handed in?"""

from typing import Any

from starlette.responses import Response

from engine.database.pages.dossiers import Answer
from engine.rules.asked import asked
from engine.rules.questions import Question
from web import dates
from web.applicant.answers import answer_said
from web.applicant.delivering import deliveries_of
from web.applicant.looking import Seen, see
from web.applicant.versions import file_rows
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.dossier.looking import HERE, page

pages = Pages()


@pages.get(HERE + "/answers", MANAGES)
def answers(ask: Ask) -> Response:
    """Every answer as it counts, what it said when it was handed in, and what it said before."""
    seen = see(ask)
    now = asked(ask.place.workflow.questions, seen.values)
    rows = [
        {**row, "asked": name in now}
        for name, one in ask.place.workflow.questions.items()
        if one.kind != "file" and ((row := _row(ask, seen, one))["answer"] or name in now)
    ]
    changed = sum(bool(row["then"]) for row in rows)
    return page(ask, "/answers", "answers.html", seen=seen, rows=rows, changed=changed)


@pages.get(HERE + "/documents", MANAGES)
def documents(ask: Ask) -> Response:
    """Every file with its versions, and what was delivered later."""
    seen = see(ask)
    now = asked(ask.place.workflow.questions, seen.values)
    rows = [
        {
            "question": ask.said(one.ask), "required": one.required and one.name in now,
            "files": file_rows(ask, seen.dossier, one.name),
        }
        for one in ask.place.workflow.questions.values()
        if one.kind == "file" and (one.name in now or seen.values.get(one.name))
    ]  # fmt: skip
    return page(
        ask, "/documents", "documents.html", seen=seen, rows=rows, deliveries=deliveries_of(ask, seen),
        message=f"/staff/{ask.place.key}/message?number={ask.place.number}&asks=1",
        missing=any(row["required"] and not row["files"] for row in rows),
    )  # fmt: skip


def _row(ask: Ask, seen: Seen, question: Question) -> dict[str, Any]:
    versions = [one for one in seen.dossier.versions if one.question == question.name]
    now = versions[-1] if versions else None
    received = seen.dossier.head.received_at
    then = [one for one in versions if received is not None and one.given_at <= received]
    changed = bool(then) and now is not None and now.value != then[-1].value
    return {
        "question": ask.said(question.ask),
        "answer": answer_said(ask, question, now.value) if now else "",
        "by": _given(ask, now) if now else "",
        "then": (answer_said(ask, question, then[-1].value) or ask.say("No answer")) if changed else "",
        "before": [
            {"answer": answer_said(ask, question, one.value), "by": _given(ask, one)}
            for one in _different(versions)[1:]
        ],
        "long": question.kind == "long_text",
        "money": question.kind == "money",
    }


def _different(versions: list[Answer]) -> list[Answer]:
    """The versions that say something else than the one before, the newest first."""
    found: list[Answer] = []
    for one in versions:
        if not found or found[-1].value != one.value:
            found.append(one)
    return found[::-1]


def _given(ask: Ask, one: Answer) -> str:
    when = dates.short_moment(one.given_at, ask.place.zone, ask.language)
    return ask.say("%(when)s, by %(who)s", when=when, who=one.by)
