"""What does a file look like, whatever its name says?

One look a kind: each takes the content, raises Unacceptable or Damaged, and gives what to say beside the file.
"""

import re
import struct
from collections.abc import Callable, Mapping

import puremagic

from web.uploads import sentences
from web.uploads.archives import END, LOCAL, Budget, Damaged, Inside, Unacceptable, ends_as_archive, look_inside
from web.uploads.pdfs import HEADER, HEADER_WITHIN, look_at_pdf
from web.uploads.sentences import Sentence

Look = Callable[[bytes], tuple[Sentence, ...]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")
MILLION_POINTS = 100
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN_DOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
FOUND = {
    "archive": frozenset({".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".cbr", ".cb7", ".zst"}),
    "picture": frozenset({".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".tif", ".tiff", ".heif", ".heic"}),
    "sound": frozenset({".mp3", ".mp4", ".mov", ".wav", ".avi", ".mkv", ".webm", ".ogg", ".m4a"}),
    "rtf": frozenset({".rtf"}),
}


def kind_of(content: bytes) -> str:
    """What the content looks like: a key of `sentences.LOOKS`."""
    start = content[:HEADER_WITHIN]
    if HEADER in start:
        return "pdf"
    if content.startswith((LOCAL, END)):
        return _kind_of_archive(content)
    if content.startswith(OLE):
        return "ole"
    if content.startswith(PROGRAMS):
        return "program"
    if PAGE.search(start):
        return "html"
    try:
        found = puremagic.magic_string(start)
    except (puremagic.PureError, ValueError):
        found = []
    for match in found:
        for kind, endings in FOUND.items():
            if match.extension in endings:
                return kind
    return "other" if BINARY.search(start) or not start else "text"


def _kind_of_archive(content: bytes) -> str:
    # by the names alone, without unpacking: this only finds a word for it
    for kind, part in MAIN_PARTS.items():
        if part.encode() in content:
            return kind
    return next((kind for kind, mimetype in OPEN_DOCUMENT.items() if mimetype in content[:200]), "zip")


def also(content: bytes, kind: str) -> str | None:
    """What a file is besides the kind it passes for, when it would open as two; else None."""
    start = content[:HEADER_WITHIN]
    if kind != "pdf" and HEADER in start:
        return "pdf"
    if PAGE.search(start):
        return "html"
    return "zip" if kind in ("pdf", "png", "jpg") and ends_as_archive(content) else None


# ── One look a kind ─────────────────────────────────────────────────────────


def _look_at_office(kind: str) -> Look:
    def look(content: bytes) -> tuple[Sentence, ...]:
        if content.startswith(OLE):
            _refuse_locked(content)
        inside = _archive(content)
        if "[Content_Types].xml" not in inside.names or MAIN_PARTS[kind] not in inside.names:
            raise Damaged("it is another archive")
        types = inside.texts["[Content_Types].xml"].lower()
        if b"macroenabled" in types or b"vbaproject" in types:
            raise Unacceptable(sentences.MACROS)
        return ()

    return look


def _look_at_open_document(kind: str) -> Look:
    def look(content: bytes) -> tuple[Sentence, ...]:
        inside = _archive(content)
        if inside.first != "mimetype" or inside.texts["mimetype"].strip() != OPEN_DOCUMENT[kind]:
            raise Damaged("it is another archive")
        manifest = inside.texts.get("META-INF/manifest.xml", b"")
        if b"encryption-data" in manifest or "encrypted-package" in inside.names:
            raise Unacceptable(sentences.ENCRYPTED)
        # Basic/script-lc.xml lists the libraries; the empty one that some programs write has no module beside it
        scripts = (name for name in inside.names if name.startswith(("Basic/", "Scripts/")))
        if any(not name.endswith(("/", "-lc.xml", "-lb.xml")) for name in scripts):
            raise Unacceptable(sentences.MACROS)
        return ()

    return look


def _look_at_ole(content: bytes) -> tuple[Sentence, ...]:
    if not content.startswith(OLE):
        raise Damaged("it is no document of an older Office")
    _refuse_locked(content)
    return ()


def _refuse_locked(content: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unacceptable(sentences.ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise Unacceptable(sentences.MACROS)


def _look_at_png(content: bytes) -> tuple[Sentence, ...]:
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or len(content) < 24 or b"IEND" not in content:
        raise Damaged("it is no whole PNG")
    width, height = struct.unpack(">II", content[16:24])
    if width * height > MILLION_POINTS * 1_000_000:
        raise Unacceptable(sentences.PICTURE_TOO_LARGE, limit=MILLION_POINTS)
    return ()


def _look_at_jpeg(content: bytes) -> tuple[Sentence, ...]:
    if not content.startswith(JPEG) or b"\xff\xd9" not in content:
        raise Damaged("it is no whole JPEG")
    return ()


def _look_at_text(content: bytes) -> tuple[Sentence, ...]:
    if HEADER in content[:HEADER_WITHIN] or content.startswith(b"{\\rtf"):
        raise Damaged("it is a document")
    if not content.startswith(BYTE_ORDER) and BINARY.search(content):
        raise Damaged("it is no text")
    return ()


def _look_at_archive(content: bytes) -> tuple[Sentence, ...]:
    _archive(content)
    return ()


def look_at_unknown(content: bytes) -> tuple[Sentence, ...]:
    """A kind of which nothing is known here: not a program or a page in disguise, and no bomb."""
    kind = kind_of(content)
    if kind in ("program", "html"):
        raise Damaged("it can run")
    if kind == "ole":
        _refuse_locked(content)
    return _look_at_archive(content) if content.startswith(LOCAL) else ()


def _archive(content: bytes) -> Inside:
    if not content.startswith(LOCAL):
        raise Damaged("it is no archive")
    return look_inside(content, Budget(len(content)))


LOOK: Mapping[str, Look] = {
    "pdf": look_at_pdf,
    **{kind: _look_at_office(kind) for kind in MAIN_PARTS},
    **{kind: _look_at_open_document(kind) for kind in OPEN_DOCUMENT},
    **dict.fromkeys(("doc", "xls", "ppt"), _look_at_ole),
    "png": _look_at_png,
    "jpg": _look_at_jpeg,
    **dict.fromkeys(("txt", "csv", "md"), _look_at_text),
    "zip": _look_at_archive,
}
"""ending -> its look"""
