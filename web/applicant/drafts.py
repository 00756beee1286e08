"""How does what somebody types stay with a form that is handed in whole?

It is kept while they type, and when they ask for it; whoever opens the page again finds it, and nobody else does.
"""

from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from engine.database.access import drafts
from web import dates
from web.applicant.filling import PREFIX, clean
from web.ask import Ask
from web.policy import somebody

KEEP, FORGET = "keep", "forget"
"""what the buttons ask for that keep what was typed, and throw it away"""
BY_ITSELF = "/draft"
MOST_FIELDS = 1_000
LONGEST = 200_000
"""characters that are kept of one field"""


def typed_before(ask: Ask) -> tuple[str, FormData] | None:
    """(when, what) somebody had typed on this page before, or None."""
    with ask.reading() as session:
        found = drafts.find(session, person_id=somebody(ask).person_id, path=ask.path, now=ask.now)
    if found is None:
        return None
    fields: list[tuple[str, str | UploadFile]] = list(found[1])
    return dates.short_moment(found[0], ask.place.zone, ask.language), FormData(fields)


def keep_typed(ask: Ask) -> None:
    """Keep the texts of the form that was sent."""
    texts = [
        (name, clean(value)[:LONGEST])
        for name, value in ask.form.multi_items()
        if name.startswith(PREFIX) and isinstance(value, str)
    ]
    with ask.office.database.transaction() as session:
        drafts.keep(
            session, person_id=somebody(ask).person_id, path=ask.path.removesuffix(BY_ITSELF),
            texts=texts[:MOST_FIELDS], now=ask.now,
        )  # fmt: skip


def keep_by_itself(ask: Ask) -> Response:
    """What a page sends while somebody types, answered without a page."""
    keep_typed(ask)
    return JSONResponse({"saved": dates.local(ask.now, ask.place.zone).strftime("%H:%M")})


def forget_typed(ask: Ask) -> None:
    """It was handed in, or is not wanted any more."""
    with ask.office.database.transaction() as session:
        drafts.end(session, person_id=somebody(ask).person_id, path=ask.path, now=ask.now)


def kept_or_forgotten(ask: Ask, back: str) -> Response:
    """What was typed is kept, and that is all for now; or it is thrown away, and the page begins anew."""
    if ask.text("go", 80) == FORGET:
        forget_typed(ask)
        return ask.go(ask.path)
    keep_typed(ask)
    return ask.go(back, ask.say("Kept, and not handed in yet."))
