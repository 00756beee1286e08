"""How does a file stay with a form that is sent back because of something else?

It is kept, and the page carries a proof of it that only its sender can use, for that very form.
"""

import json
from collections.abc import Mapping

from engine.cycle import Upload
from engine.database.access import held_files
from engine.database.pages.stored_files import StoredFile, content_of
from engine.errors import Damaged
from web.ask import Ask

HELD = "held-"
"""before the name of a question: the field that carries the proof"""


def hold(ask: Ask, files: Mapping[str, Upload]) -> dict[str, tuple[str, str]]:
    """question -> the name of a file and what the page carries for it, of what came and of what was held before."""
    carried = {}
    with ask.office.database.transaction() as session:
        for question, upload in files.items():
            digest = held_files.hold(session, upload.content, ask.now)
            text = json.dumps([upload.name, digest, len(upload.content)])
            carried[question] = (upload.name, f"{_token(ask, question, text)} {text}")
    return carried


def held(ask: Ask, question: str) -> Upload | None:
    """The file that the page carried for a question; None where there is none, or the proof is not one of ours."""
    token, _, text = ask.text(HELD + question, 1_000).partition(" ")
    if not text or not ask.office.keys.is_token("held file", _for(ask, question, text), token):
        return None
    name, digest, size = json.loads(text)
    with ask.reading() as session:
        try:
            return Upload(name, content_of(session, StoredFile(name, size, digest)))
        except Damaged:
            return None


def _token(ask: Ask, question: str, text: str) -> str:
    return ask.office.keys.token("held file", _for(ask, question, text))


def _for(ask: Ask, question: str, text: str) -> str:
    return f"{ask.email}\0{ask.path}\0{question}\0{text}"
