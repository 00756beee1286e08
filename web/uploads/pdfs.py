"""Is this a PDF that a committee can read, and what does it do besides being read?

Looked at from outside, not rendered: the header and the end, the names in its dictionaries, and those packed in
object streams, which are unpacked within a budget. It is no virus scanner; what is handed out goes as a download.

* Locked with a password, also one that only forbids printing: refused, nobody could read or print it later on.
* /Launch starts a program of the reader's machine: refused; no dossier needs it.
* Attached files: refused. Most readers do not show them, so a committee would judge without them, and nothing here
  has looked at them.
* /JavaScript: said, not refused. Forms made with common programs carry some for adding up, every careful reader asks
  or ignores it, and a refusal on the last evening would cost more than it saves.
* /OpenAction alone only says at which page to begin, and nearly every PDF has one: nothing is said.
"""

import re
import zlib

from web.uploads import sentences
from web.uploads.archives import EICAR, Damaged, Unacceptable
from web.uploads.sentences import Sentence

HEADER = b"%PDF-"
HEADER_WITHIN = 1024
END_WITHIN = 1024
BEFORE = re.compile(rb"(?:\xef\xbb\xbf|[\s\x00]|\x1b%-12345X(?:@PJL[^\r\n]*\r?\n)*)*")
"""what may stand before the header: blanks, a byte order mark, what printers say"""
STREAM = re.compile(rb">>[\s\x00]{0,8}stream(?:\r\n|\n|\r)")
NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
LOCKED = re.compile(rb"/Encrypt[\s\x00]*(?:\d{1,10}[\s\x00]+\d{1,5}[\s\x00]+R|<<)")
LAUNCH = re.compile(rb"/Launch(?![A-Za-z0-9])")
ATTACHED = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)(?![A-Za-z0-9])|/EF[\s\x00]*<<")
SCRIPT = re.compile(rb"/JavaScript(?![A-Za-z0-9])")
DICTIONARY = 2_048
"""bytes before a stream in which its own dictionary is looked for"""
OBJECTS = 32_000_000
"""bytes that are unpacked of the object streams; the rest is not looked at"""


def look_at_pdf(content: bytes) -> tuple[Sentence, ...]:
    """What to say beside this PDF. Raises Unacceptable when it is not taken, Damaged when it is no whole PDF."""
    starts = content.find(HEADER, 0, HEADER_WITHIN + len(HEADER))
    if starts < 0:
        raise Damaged("it has no header")
    if not BEFORE.fullmatch(content, 0, starts):
        raise Unacceptable(sentences.TWO_KINDS, kind=sentences.looks("pdf"), also=sentences.looks("other"))
    end = content.rstrip(b"\x00\t\n\r\x0c ")
    ends = end.rfind(b"%%EOF")
    if ends < max(0, len(end) - END_WITHIN) or content.find(b"startxref") < 0:
        raise Damaged("it has no end")
    outside, packed = _parts(content)
    names = _plain(outside)
    if LOCKED.search(names):
        raise Unacceptable(sentences.ENCRYPTED)
    names += _plain(packed)
    if LAUNCH.search(names):
        raise Unacceptable(sentences.LAUNCHES)
    if ATTACHED.search(names):
        raise Unacceptable(sentences.ATTACHMENTS)
    if EICAR in packed:
        raise Unacceptable(sentences.INFECTED)
    return (Sentence(sentences.SCRIPTED),) if SCRIPT.search(names) else ()


def _plain(names: bytes) -> bytes:
    """With escaped letters written out: `/J#61vaScript` is `/JavaScript`."""
    if b"#" not in names:
        return names
    return NAME_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), names)


def _parts(content: bytes) -> tuple[bytes, bytes]:
    """All that is outside of streams, and what the object streams hold."""
    outside, packed = [], []
    budget = OBJECTS
    at = 0
    while (stream := STREAM.search(content, at)) is not None:
        outside.append(content[at : stream.start()])
        ends = content.find(b"endstream", stream.end())
        if ends < 0:
            raise Damaged("a stream has no end")
        dictionary = _plain(content[max(at, stream.start() - DICTIONARY) : stream.start()])
        if b"/ObjStm" in dictionary and budget > 0:
            objects = _inflated(content, stream.end(), ends, budget)
            budget -= len(objects)
            packed.append(objects)
        at = ends
    outside.append(content[at:])
    return b"\n".join(outside), b"\n".join(packed)


def _inflated(content: bytes, start: int, end: int, most: int) -> bytes:
    """What a stream holds; as far as it can be read, for one that is packed in another way says nothing here."""
    inflater = zlib.decompressobj()
    try:
        return inflater.decompress(memoryview(content)[start:end], most)
    except zlib.error:
        return b""
