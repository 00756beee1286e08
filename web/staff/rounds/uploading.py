"""How does a file that somebody sends become a round in the making?

A round's file for a programme that is known here, or a programme's whole folder as a ZIP. What it says may be wrong,
and is shown with its places; what is no text, or no such folder, is refused with a sentence.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.database.looking import open_rounds
from engine.database.records import PinnedRow
from engine.files.reading import ROUND_FILE, ROUND_NAME, WORKFLOW_FILE
from engine.files.several import names_of
from engine.files.wording import LETTER_FILE, WORDS_FILE
from web.ask import Ask
from web.policy import STAFFS
from web.problems import NotThere
from web.routes import Pages
from web.staff.rounds.beginning import begin, start_page
from web.staff.rounds.programmes import texts_on_disk
from web.uploads.checking import check

pages = Pages()
MOST = 5_000_000
"""bytes of a file, or of a ZIP: a programme with letters in three languages has some hundred thousand"""
MOST_TEXT = 1_000_000
"""bytes of one text"""


class NotTaken(Exception):
    """Why a file is not taken, in the reader's language."""


@pages.post("/staff/rounds/new/upload", STAFFS)
def upload(ask: Ask) -> Response:
    """Keep what the file says as a round in the making."""
    try:
        name, content = _file(ask)
        ending = name.rpartition(".")[2].lower()
        if ending == "zip":
            programme, round, files = _of_zip(ask, name, content)
        else:
            programme, round, files = _of_round_file(ask, name, content)
    except NotTaken as refusal:
        return start_page(ask, 422, {"file": str(refusal)})
    return begin(ask, programme, round, "upload", files)


def _file(ask: Ask) -> tuple[str, bytes]:
    """The file's name and what it holds. Raises NotTaken for what is no text, no ZIP, or too much."""
    sent = ask.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise NotTaken(ask.say("Choose a file."))
    if refused := getattr(sent, "refusal", None):
        raise NotTaken(refused.said(ask.say, ask.language))
    content = sent.file.read(MOST + 1)
    verdict = check(sent.filename, content, ("toml", "zip"), MOST)
    if verdict.refusal:
        raise NotTaken(verdict.refusal.said(ask.say, ask.language))
    return verdict.name, content


def _of_round_file(ask: Ask, name: str, content: bytes) -> tuple[str, str, Mapping[str, str]]:
    """The folder of a programme that is known here, with this round's file in it."""
    programme, round = ask.text("programme", 100), ask.text("name", 100) or name.rpartition(".")[0]
    if not ROUND_NAME.fullmatch(round):
        raise NotTaken(ask.say("“%(name)s” cannot name a round: use letters, digits, - and _.", name=round))
    base = texts_on_disk(ask.office, programme) or _newest(ask, programme)
    if base is None:
        raise NotThere
    _must_be_new(ask, programme, round)
    text = _text(ask, name, content)
    inside = names_of(round, text)
    if len(inside) > 1:
        names = ", ".join(inside)
        raise NotTaken(ask.say("This file holds several rounds: send the programme's folder as a ZIP, and write which "
                              "of them is to be opened: %(names)s.", names=names))  # fmt: skip
    return programme, inside[0], {**base, f"rounds/{round}.toml": text}


def _of_zip(ask: Ask, name: str, content: bytes) -> tuple[str, str, Mapping[str, str]]:
    """A programme's folder, whose name is the programme's, and the one round in it that is not open."""
    programme, files = _folder_in(ask, name, content)
    known = _open(ask)
    rounds = [
        one for path in files if (found := ROUND_FILE.fullmatch(path)) for one in names_of(found[1], files[path])
    ]
    new = [one for one in rounds if f"{programme}/{one}" not in known]
    wanted = ask.text("name", 100)
    if wanted and wanted in rounds:
        _must_be_new(ask, programme, wanted)
        return programme, wanted, files
    if len(new) != 1 or wanted:
        names = ", ".join(new) or ask.say("none")
        raise NotTaken(
            ask.say("Write which round is to be opened. In this ZIP and not open yet: %(names)s.", names=names)
        )  # fmt: skip
    return programme, new[0], files


def _folder_in(ask: Ask, name: str, content: bytes) -> tuple[str, dict[str, str]]:
    """The programme's folder in a ZIP: its name, and its texts."""
    parts = _unpacked(ask, content)
    homes = [PurePosixPath(path).parent for path in parts if PurePosixPath(path).name == WORKFLOW_FILE]
    if len(homes) != 1:
        sentence = ask.say("There is no %(file)s in this ZIP.", file=WORKFLOW_FILE)
        several = ask.say("There is more than one %(file)s in this ZIP: send one programme.", file=WORKFLOW_FILE)
        raise NotTaken(several if homes else sentence)
    (home,) = homes
    programme = home.name or name.rpartition(".")[0]
    if not ROUND_NAME.fullmatch(programme):
        raise NotTaken(ask.say("“%(name)s” cannot name a programme: use letters, digits, - and _.", name=programme))
    files = {}
    for path, packed in parts.items():
        inside = PurePosixPath(path)
        if home in inside.parents and _is_read(within := inside.relative_to(home).as_posix()):
            files[within] = _text(ask, path, packed)
    return programme, files


def changed_texts(ask: Ask) -> Mapping[str, str]:
    """The folder of the page's programme as somebody sends it: whole as a ZIP, or the file of the page's round alone.

    Raises NotTaken for what is neither.
    """
    name, content = _file(ask)
    place = ask.place
    if name.rpartition(".")[2].lower() != "zip":
        return {**place.programme.files, f"rounds/{place.round.name}.toml": _text(ask, name, content)}
    programme, files = _folder_in(ask, name, content)
    if programme != place.programme.name:
        sentence = ask.say("This is the folder of %(other)s, and the round is of %(programme)s.")
        raise NotTaken(sentence % {"other": programme, "programme": place.programme.name})
    return files


def _is_read(path: str) -> bool:
    return path == WORKFLOW_FILE or any(one.fullmatch(path) for one in (ROUND_FILE, WORDS_FILE, LETTER_FILE))


def _unpacked(ask: Ask, content: bytes) -> Mapping[str, bytes]:
    """What is packed, by path. It has been unpacked once before, within a budget, when it was checked."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if entry.is_dir() or path.suffix not in (".toml", ".md"):
                continue
            if path.is_absolute() or ".." in path.parts:
                raise NotTaken(ask.say("A file in this ZIP lies outside its folder."))
            if entry.file_size > MOST_TEXT:
                raise NotTaken(ask.say("%(file)s in this ZIP is too long to be a text of a programme.", file=path.name))
            found[path.as_posix()] = archive.read(entry)
    return found


def _text(ask: Ask, name: str, content: bytes) -> str:
    if len(content) > MOST_TEXT:
        raise NotTaken(ask.say("%(file)s is too long to be a text of a programme.", file=name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise NotTaken(
            ask.say("%(file)s, line %(line)s: this is not UTF-8 text. Save it as UTF-8.", file=name, line=line)
        ) from problem
    if "\x00" in text:
        raise NotTaken(ask.say("%(file)s is no text: it holds characters of a program.", file=name))
    return text.replace("\r\n", "\n")


def _must_be_new(ask: Ask, programme: str, round: str) -> None:
    if f"{programme}/{round}" in _open(ask):
        raise NotTaken(ask.say("%(round)s is open already.", round=f"{programme}/{round}"))


def _open(ask: Ask) -> set[str]:
    with ask.reading() as session:
        return {row.key for row in open_rounds(session)}


def _newest(ask: Ask, programme: str) -> Mapping[str, str] | None:
    """The texts that the programme's last round runs on, where its folder is not here."""
    with ask.reading() as session:
        mine = [row for row in open_rounds(session) if row.programme == programme]
        if not mine:
            return None
        last = max(mine, key=lambda row: row.id or 0)
        return dict(session.get_one(PinnedRow, last.digest).files)
