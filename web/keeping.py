"""What becomes of a form that arrives when its sender's session is over?

It is kept as it arrived, and sent by its owner after signing in again, as of the instant at which it was received.
"""

from io import BytesIO

from starlette.datastructures import FormData, Headers, UploadFile

from engine.database.access import kept_forms
from web.ask import Ask, own_path
from web.keys import nonce
from web.problems import NotThere

KEPT = "kept"
"""the field of a form that names what was kept"""
BY_ITSELF = "/draft"
"""how the paths end that a page sends to by itself, again and again: what is typed stays in the browser then"""


def keep_form(ask: Ask) -> str | None:
    """Keep what was sent by somebody whose session is over, and give the path at which it is taken up again.

    Nothing is kept for a stranger, nor of what a browser saves by itself: then it gives None.
    """
    if ask.visitor is None or ask.path.endswith(BY_ITSELF):
        return None
    texts = [(name, value) for name, value in ask.form.multi_items() if isinstance(value, str)]
    files = []
    for name, value in ask.form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            value.file.seek(0)
            files.append((name, value.filename, value.file.read()))
    key = nonce()
    with ask.office.database.transaction() as session:
        kept = kept_forms.keep(
            session, nonce=key, person_id=ask.visitor.person_id, path=own_path(ask.path),
            texts=[(name, value) for name, value in texts if name != "csrf"], files=files, now=ask.now,
        )  # fmt: skip
    return f"/kept/{key}" if kept else None


def take_up(ask: Ask) -> None:
    """Put what was kept into the form that names it, and have it count as of when it was received.

    Raises NotThere when nothing is kept for that person under that name, or it belongs to another page.
    """
    key = ask.form.get(KEPT)
    if not isinstance(key, str) or ask.visitor is None or ask.visitor.over:
        return
    with ask.reading() as session:
        row = kept_forms.find(session, key, ask.visitor.person_id, ask.now)
        if row is None or row.path != ask.path:
            raise NotThere
        kept: list[tuple[str, str | UploadFile]] = []
        for name, value in row.fields:
            if isinstance(value, str):
                kept.append((name, value))
            else:
                content = BytesIO(kept_forms.content(session, value["digest"]))
                headers = Headers({"content-type": "application/octet-stream"})
                file = UploadFile(content, size=value["size"], filename=value["name"], headers=headers)
                kept.append((name, file))
    ask.form = FormData([*kept, ("csrf", str(ask.form.get("csrf", "")))])
    ask.now = row.received_at
    ask.kept = key


def done_with(ask: Ask) -> None:
    """What was kept has been sent."""
    if ask.kept:
        with ask.office.database.transaction() as session:
            kept_forms.end(session, ask.kept, ask.now)
