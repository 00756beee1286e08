"""Which letters come with grantcycle, and with which texts was one of them queued?

They are pinned as a programme's folder is: under the digest of all of them, beside the programmes' own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlmodel import Session

from engine.database.connection import insert_once
from engine.database.records import PinnedRow
from engine.files.reading import folder_digest
from notifications.languages import WORDS

NAME = "letters of grantcycle"
"""beside the names of the programmes: no folder of one has spaces"""
_FILE = re.compile(r"letters/([^/]+)/([^/]+)\.md")


@dataclass(frozen=True)
class Shipped:
    """The texts of the letters that come with one version of grantcycle."""

    digest: str
    letters: Mapping[str, Mapping[str, str]]
    """language -> letter -> Markdown"""


@cache
def _files() -> Mapping[str, str]:
    folder = files("notifications").joinpath("templates", "letters")
    return {
        f"letters/{language}/{file.name}": file.read_text(encoding="utf-8")
        for language in WORDS
        for file in folder.joinpath(language).iterdir()
        if file.name.endswith(".md")
    }


@cache
def shipped() -> Shipped:
    """The letters of this version."""
    return _read(folder_digest(_files()), _files())


def _read(digest: str, texts: Mapping[str, str]) -> Shipped:
    letters: dict[str, dict[str, str]] = {}
    for path, text in texts.items():
        if match := _FILE.fullmatch(path):
            letters.setdefault(match[1], {})[match[2]] = text
    return Shipped(digest, letters)


def pin(session: Session, now: int) -> str:
    """Keep the letters of this version in the database, once; gives their digest."""
    digest = shipped().digest
    row = {"digest": digest, "programme": NAME, "files": dict(_files()), "pinned_at": now}
    if session.get(PinnedRow, digest) is None:
        insert_once(session, PinnedRow, [row])
    return digest


def read_shipped(session: Session, digest: str) -> Shipped:
    """The letters that were pinned under that digest: those of this version, or of one before."""
    if digest == shipped().digest:
        return shipped()
    return _read(digest, session.get_one(PinnedRow, digest).files)
