"""What is packed in a ZIP, as office files are, and would it unpack to more than anybody wants?

Everything is unpacked once, in pieces and within a budget, because what an archive says of itself may be a lie; the
central directory is measured before it is read. Time and memory are bounded by `Budget`, not by the sender.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from web.uploads import sentences
from web.uploads.names import DANGEROUS, clean_name, ending_of
from web.uploads.sentences import Sentence, Size

UNPACKED = 100_000_000
"""bytes that all of a file may unpack to, archives inside it included"""
RATIO = 100
"""times its own size, from RATIO_FROM on: a bomb is small outside"""
RATIO_FROM = 20_000_000
ENTRIES = 5_000
DEEP = 2
"""archives within archives: a chart in a presentation is a workbook, and that is one"""
KEPT = 2_000_000
"""bytes of one part that are kept to be looked at"""
PIECE = 64 * 1024
OUT = 1024 * 1024
END, LOCATOR, END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
LOOKED_AT = frozenset({"mimetype", "[Content_Types].xml", "META-INF/manifest.xml"})
PARTS_OF_OFFICE = frozenset({"htm", "html", "svg", "inf", "url", "img", "docm", "xlsm", "pptm", "xlsb"})
"""endings that parts of a sound office file may have: never opened by themselves, or looked at as archives"""
EICAR = b"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"[::-1]
"""the harmless mark by which virus scanners are tried out; backwards here, or they would find it in this file"""


class Unacceptable(Exception):
    """A file that is not taken, with the sentence for its sender."""

    def __init__(self, msgid: str, **facts: sentences.Fact) -> None:
        self.sentence = Sentence(msgid, facts)
        super().__init__(str(self.sentence))


class Damaged(Exception):
    """An archive that does not hold what it says."""


@dataclass(slots=True)
class Budget:
    """What may still be unpacked and opened of one uploaded file."""

    size: int
    unpacked: int = 0
    entries: int = 0

    def unpack(self, more: int) -> None:
        self.unpacked += more
        if self.unpacked > UNPACKED or (self.unpacked > RATIO_FROM and self.unpacked > RATIO * self.size):
            raise Unacceptable(sentences.BOMB, limit=Size(min(UNPACKED, max(RATIO_FROM, RATIO * self.size))))

    def open(self, more: int) -> None:
        self.entries += more
        if self.entries > ENTRIES:
            raise Unacceptable(sentences.PARTS, limit=ENTRIES)


@dataclass(slots=True)
class Inside:
    """What an archive holds: the names in it, and the text of those that say what it is."""

    names: set[str] = field(default_factory=set)
    first: str = ""
    texts: dict[str, bytes] = field(default_factory=dict)


def ends_as_archive(content: bytes) -> bool:
    """Whether programs that read archives from the end would open this as one."""
    try:
        at, size = _directory(content)
    except Damaged:
        return False
    return size == 0 or content[at - size : at - size + 4] == CENTRAL


def look_inside(content: bytes, budget: Budget, depth: int = 0) -> Inside:
    """What is in the archive. Raises Unacceptable, and Damaged when it does not hold what it says."""
    _, size = _directory(content)
    if size > ENTRIES * 300:
        raise Unacceptable(sentences.PARTS, limit=ENTRIES)
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise Damaged(str(problem)) from problem
    budget.open(len(entries))
    inside = Inside()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Unacceptable(sentences.ENCRYPTED)
        if budget.unpacked + entry.file_size > UNPACKED:
            raise Unacceptable(sentences.BOMB, limit=Size(UNPACKED))
        if entry.filename in inside.names:
            raise Damaged("two parts have one name")  # programs differ in which of them they read
        inside.names.add(entry.filename)
        if entry.filename.lower().endswith("vbaproject.bin"):
            raise Unacceptable(sentences.MACROS)
        if ending_of(entry.filename) in DANGEROUS - PARTS_OF_OFFICE:
            raise _program(entry)
        kept = _unpack_and_look(entry, content, budget, depth)
        if entry.filename in LOOKED_AT:
            inside.texts[entry.filename] = kept
    if entries:
        inside.first = min(entries, key=lambda entry: entry.header_offset).filename
    return inside


def _directory(content: bytes) -> tuple[int, int]:
    """Where the central directory ends, and how long it says it is."""
    at = content.rfind(END, max(0, len(content) - 65_557))
    if at < 0 or at + 22 > len(content):
        raise Damaged("it has no end")
    size = int.from_bytes(content[at + 12 : at + 16], "little")
    # where zipfile looks for the longer record, or it could be shown another than is measured here
    if at >= 76 and content[at - 20 : at - 16] == LOCATOR and content[at - 76 : at - 72] == END64:
        return at - 76, int.from_bytes(content[at - 36 : at - 28], "little")
    return at, size


def _unpack_and_look(entry: zipfile.ZipInfo, content: bytes, budget: Budget, depth: int) -> bytes:
    """The beginning of one part, after all of it was unpacked and looked at."""
    kept, tail = bytearray(), b""
    total = checksum = 0
    for piece in _pieces(entry, content):
        total += len(piece)
        if total > entry.file_size:
            raise Damaged("a part is longer than it says")
        budget.unpack(len(piece))
        checksum = zlib.crc32(piece, checksum)
        if EICAR in tail + piece[: len(EICAR)] or EICAR in piece:
            raise Unacceptable(sentences.INFECTED)
        tail = (tail + piece)[-len(EICAR) :]
        if len(kept) < KEPT or kept[:4] == LOCAL:
            kept += piece
        if len(kept) > max(KEPT + OUT, 2 * budget.size):
            raise Unacceptable(sentences.NESTED)  # what is packed already hardly gets smaller again
    if total != entry.file_size or checksum != entry.CRC:
        raise Damaged("a part is not what it says")
    if kept[:2] == b"MZ" or kept[:4] == b"\x7fELF":
        raise _program(entry)
    if kept[:4] == LOCAL:
        if depth >= DEEP:
            raise Unacceptable(sentences.NESTED)
        look_inside(bytes(kept), budget, depth + 1)
    return bytes(kept)


def _program(entry: zipfile.ZipInfo) -> Unacceptable:
    return Unacceptable(sentences.PROGRAM_INSIDE, inside=clean_name(entry.filename)[:80])


def _pieces(entry: zipfile.ZipInfo, content: bytes) -> Iterator[bytes]:
    header = content[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != LOCAL:
        raise Damaged("a part is missing")
    name, extra = struct.unpack("<HH", header[26:30])
    start = entry.header_offset + 30 + name + extra
    end = start + entry.compress_size
    if end > len(content):
        raise Damaged("a part is cut short")
    if entry.compress_type == zipfile.ZIP_STORED:
        for at in range(start, end, OUT):
            yield content[at : min(at + OUT, end)]
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Damaged("a part is packed in an unusual way")
    inflater = zlib.decompressobj(-15)
    try:
        for at in range(start, end, PIECE):
            left = content[at : min(at + PIECE, end)]
            while left and not inflater.eof:
                yield inflater.decompress(left, OUT)
                left = inflater.unconsumed_tail
        while not inflater.eof and (rest := inflater.decompress(b"", OUT)):
            yield rest
    except zlib.error as problem:
        raise Damaged(str(problem)) from problem
    if not inflater.eof:
        raise Damaged("a part is cut short")
