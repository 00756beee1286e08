"""What can be done with a round in the making: change its dates, take its files along, throw it away, open it?"""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, time

from starlette.responses import Response

from engine.cycle.people import PartGiven
from engine.database.pages.parts import members
from engine.database.preparing import drafts
from engine.database.store import find_round, the_id
from engine.errors import GrantcycleError, Refused, Unknown
from engine.files.people_sheet import roles_of
from engine.files.redating import Day, with_values
from engine.rules.divided import scopes_of
from engine.rules.workflow import STAFF, Workflow
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.problems import Conflict
from web.routes import Pages
from web.staff.rounds.draft import DRAFT, Seen, coming, day_of, draft_page, seen
from web.staff.rounds.typed import number
from web.uploads.handing_out import disposition

pages = Pages()


def _changed_at(ask: Ask, draft: Seen) -> int:
    """As of which change the form was looked at. Raises Conflict when there was another since."""
    looked = number(ask.text("seen", 20))
    if looked != draft.row.changed_at:
        raise Conflict("Somebody has changed this round meanwhile. Look at it again.")
    return looked


@pages.post(DRAFT + "/dates", STAFFS)
def dates(ask: Ask) -> Response:
    """Put the dates that were typed into the round's file."""
    draft = seen(ask)
    changed_at = _changed_at(ask, draft)
    typed = {line.id: ask.text(line.id, 40) for line in draft.lines}
    hours = {line.id: ask.text(f"{line.id}-hour", 12) for line in draft.lines if line.hour}
    values: dict[tuple[str | int, ...], str | Day] = {}
    errors = {}
    for line in draft.lines:
        day = day_of(typed[line.id])
        hour = _hour(hours[line.id]) if line.hour else None
        if day is None:
            errors[line.id] = ask.say("Write a day, such as 2020-02-28.")
        elif line.hour and hour is None:
            errors[line.id] = ask.say("Write an hour, such as 17:00.")
        else:
            values[line.dated.path] = datetime.combine(day, hour) if hour is not None else day
    if errors:
        return draft_page(ask, draft, 422, errors, {**typed, **{f"{id}-hour": text for id, text in hours.items()}})
    files = {**draft.row.files, draft.file: with_values(draft.row.files[draft.file], values)}
    if files != draft.row.files:
        with ask.office.database.transaction() as session:
            drafts.change(session, draft.row.id or 0, files, seen=changed_at, now=ask.now)
    return ask.go(draft.path, ask.say("The dates are changed. Everything has been checked again."))


def _hour(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed)
    except ValueError:
        return None


@pages.get(DRAFT + "/file", STAFFS)
def file(ask: Ask) -> Response:
    """The round's own file, to be put into the programme's folder."""
    draft = seen(ask)
    name = f"{draft.row.name}.toml"
    content = draft.row.files.get(draft.file, "")
    return Response(content, media_type="application/toml", headers={"Content-Disposition": disposition(name)})


@pages.get(DRAFT + "/zip", STAFFS)
def packed(ask: Ask) -> Response:
    """The programme's whole folder with the round's file in it."""
    draft = seen(ask)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(draft.row.files.items()):
            entry = zipfile.ZipInfo(f"{draft.row.programme}/{path}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    name = f"{draft.row.programme}.zip"
    return Response(kept.getvalue(), media_type="application/zip", headers={"Content-Disposition": disposition(name)})


@pages.post(DRAFT + "/discard", STAFFS)
def discard(ask: Ask) -> Response:
    """Throw it away; nothing ran on it."""
    draft = seen(ask)
    with ask.office.database.transaction() as session:
        drafts.end(session, draft.row.id or 0, "thrown away", ask.now)
    return ask.go("/staff/rounds", ask.say("%(round)s is thrown away. No file was touched.", round=draft.key))


@pages.post(DRAFT + "/open", STAFFS)
def open_it(ask: Ask) -> Response:
    """Open the round: from here on its calendar runs. Whoever opens it is staff of it."""
    draft = seen(ask)
    changed_at = _changed_at(ask, draft)
    if draft.programme is None or draft.round is None or draft.found.errors:
        raise Conflict("There are errors in it. Nothing was opened.")
    if any(due.at <= ask.now for due in coming(ask, draft)):
        raise Conflict("Some of its moments are past. Nothing was opened.")
    try:
        ask.office.cycle.open_round(
            draft.programme, draft.row.name, by=ask.email, now=ask.now, people=_people(ask, draft),
            draft=(draft.row.id or 0, changed_at),
        )  # fmt: skip
    except Refused:
        raise
    except GrantcycleError as problem:  # somebody has opened a round of that name just now
        raise Conflict(str(problem)) from problem
    notice = ask.say(
        "%(round)s is open: its calendar runs, and you are staff of it. Its rules and dates are kept in the database.",
        round=draft.key,
    )  # fmt: skip
    return ask.go(f"/staff/{draft.key}/people", notice)


def _people(ask: Ask, draft: Seen) -> Sequence[PartGiven]:
    """Whoever opens the round, and the people of an earlier one where that is wanted."""
    visitor = somebody(ask)
    given = {(visitor.email, STAFF, ""): PartGiven(visitor.email, visitor.name, visitor.language, STAFF)}
    model = ask.text("people", 200)
    if model and draft.programme:
        known = _parts(draft.programme.rules_of(draft.row.name))
        with ask.reading() as session:
            try:
                row = find_round(session, model)
            except Unknown as unknown:
                raise Conflict("There is no such round to take people from. Nothing was opened.") from unknown
            found = members(session, the_id(row))
        if (visitor.email, STAFF) not in {(one.email, one.role) for one in found}:
            raise Conflict("You do not run the round that people are to be taken from. Nothing was opened.")
        for one in found:
            if (one.role, one.scope) in known:
                given.setdefault(
                    (one.email, one.role, one.scope),
                    PartGiven(one.email, one.name, one.language, one.role, one.chair, one.scope),
                )
    return list(given.values())


def _parts(workflow: Workflow) -> set[tuple[str, str]]:
    """(role, for which strand or answer, or for every one) of each part that can be given by these rules."""
    return {(role, scope) for role in roles_of(workflow) for scope in ("", *scopes_of(workflow, role))}
