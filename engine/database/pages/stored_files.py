"""Which file was handed in, and is it still what was handed in?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from engine import events
from engine.database.records import AnswerRow, DeliveryRow, FileRow
from engine.errors import Damaged


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was named when it was handed in; `digest` is the SHA-256 of its content, `size` in bytes."""

    name: str
    size: int
    digest: str


def as_file(value: Any) -> StoredFile | None:
    """The file that an answer stands for; None for an answer in words or numbers."""
    if not isinstance(value, Mapping) or not {"name", "size", "digest"} <= value.keys():
        return None
    return StoredFile(str(value["name"]), int(value["size"]), str(value["digest"]))


def file_of_answer(session: Session, dossier_id: int, question: str, version: int) -> StoredFile | None:
    """The file that was given as that version of an answer, superseded or not; None when there is none."""
    value = session.exec(
        select(AnswerRow.value).where(
            col(AnswerRow.dossier_id) == dossier_id,
            col(AnswerRow.question) == question,
            col(AnswerRow.version) == version,
        )
    ).first()
    return as_file(value)


def file_of_delivery(session: Session, dossier_id: int, delivery: int, question: str) -> StoredFile | None:
    """The file that came with a delivery of this dossier; None when there is none."""
    answers = session.exec(
        select(DeliveryRow.answers).where(col(DeliveryRow.id) == delivery, col(DeliveryRow.dossier_id) == dossier_id)
    ).first()
    return as_file(answers.get(question)) if answers else None


def content_of(session: Session, file: StoredFile) -> bytes:
    """The bytes of a file, which are the ones that were handed in.

    Raises Damaged, and tells whoever watches, when they are not or are gone: nobody is given anything else for it.
    """
    content = session.exec(select(FileRow.content).where(col(FileRow.digest) == file.digest)).first()
    if content is None or len(content) != file.size or hashlib.sha256(content).hexdigest() != file.digest:
        events.tell("file damaged", digest=file.digest, size=file.size, kept=None if content is None else len(content))
        raise Damaged(f"file {file.digest[:12]} is not what was handed in any more: grantcycle doctor says what to do")
    return content
