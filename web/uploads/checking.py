"""May this file stay in a dossier?

Pure, and bounded in time and memory whatever the bytes are: it is run on a thread beside the pages. The metadata of
a file (who wrote it, where a picture was taken) stay in it: what an applicant hands in is kept byte for byte, as its
receipt says. Members of a committee hand in no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from web.uploads import sentences
from web.uploads.archives import EICAR, Damaged, Unacceptable, ends_as_archive
from web.uploads.kinds import LOOK, MAIN_PARTS, OPEN_DOCUMENT, also, kind_of, look_at_unknown
from web.uploads.names import DANGEROUS, clean_name, ending_of
from web.uploads.sentences import Sentence, Size

SAME = {"jpeg": "jpg", "jfif": "jpg", "htm": "html", "tiff": "tif"}
"""endings that are one kind"""
CALLED = {
    **dict.fromkeys(("png", "jpg"), "picture"),
    **dict.fromkeys(("doc", "xls", "ppt"), "ole"),
    **dict.fromkeys(("txt", "csv", "md"), "text"),
}
"""kind -> what `sentences.LOOKS` calls it, where that is another word"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one file, under the name it keeps."""

    name: str
    ending: str
    size: int
    refusal: Sentence | None = None
    """why it is not taken"""
    warnings: tuple[Sentence, ...] = ()
    """what to say beside it when it is"""

    @property
    def taken(self) -> bool:
        return self.refusal is None


def check(name: str, content: bytes, accept: Sequence[str], limit: int) -> Verdict:
    """Whether a file of that name is taken by a question that accepts these endings (none: any that cannot run).

    `limit` is in bytes. Never raises; takes no longer than reading `content` and unpacking `archives.UNPACKED` bytes.
    """
    cleaned = clean_name(name)
    ending = ending_of(cleaned)
    try:
        warnings = _look(ending, content, tuple(ending.lower().lstrip(".") for ending in accept), limit)
    except Unacceptable as problem:
        return Verdict(cleaned, ending, len(content), problem.sentence)
    return Verdict(cleaned, ending, len(content), None, warnings)


def _look(ending: str, content: bytes, accept: tuple[str, ...], limit: int) -> tuple[Sentence, ...]:
    if not content:
        raise Unacceptable(sentences.EMPTY)
    if len(content) > limit:
        raise Unacceptable(sentences.TOO_LARGE, limit=Size(limit))
    kind = SAME.get(ending, ending)
    if accept and kind not in {SAME.get(one, one) for one in accept}:
        raise Unacceptable(sentences.WRONG_ENDING if ending else sentences.NO_ENDING, ending=ending, accepted=accept)
    if ending in DANGEROUS and not accept:
        raise Unacceptable(sentences.DANGEROUS, ending=ending)
    if EICAR in content:
        raise Unacceptable(sentences.INFECTED)
    try:
        warnings = LOOK.get(kind, look_at_unknown)(content)
    except Damaged:
        raise _mistaken(ending, kind, content) from None
    second = also(content, kind) if kind in LOOK else None
    if second is not None and CALLED.get(kind) != "text":
        raise Unacceptable(
            sentences.TWO_KINDS, kind=sentences.looks(CALLED.get(kind, kind)), also=sentences.looks(second)
        )
    return warnings


def _mistaken(ending: str, kind: str, content: bytes) -> Unacceptable:
    """Why the content is not what its ending says: another kind, or the right one and damaged."""
    seems = kind_of(content)
    cut_short = seems == "zip" and kind in (*MAIN_PARTS, *OPEN_DOCUMENT) and not ends_as_archive(content)
    if cut_short or seems in (CALLED.get(kind, kind), "other"):
        return Unacceptable(sentences.BROKEN, ending=ending)
    return Unacceptable(sentences.WRONG_CONTENT, looks=sentences.looks(seems), ending=ending)
