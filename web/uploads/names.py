"""Under which name is a file kept and shown?"""

import re
import unicodedata

LONGEST = 150
"""characters of a name, its ending included"""
LONGEST_BYTES = 200
"""the same in UTF-8: file systems stop at 255, and a download may add ` (1)`"""
LONGEST_ENDING = 10
UNNAMED = "file"
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""what Windows takes for a device, whatever its ending"""
PROGRAMS = (
    "apk app application appref-ms bat bash chm cmd com command cpl deb desktop dll elf exe gadget hta inf ins jar"
)
SCRIPTS = (
    "jnlp js jse lnk msc msi msix msp mst php phtml pif ps1 ps1xml psd1 psm1 py pyw reg rpm run scf scr sct sh sys"
)
PAGES = "htm html mht mhtml shtml svg svgz swf url vb vbe vbs wsf wsh xht xhtml xsl xslt"
MACROS_AND_DISKS = "ade adp cab dmg docm dotm img iso mde one potm ppam ppsm pptm sldm vhd vhdx xlam xll xlsb xlsm xltm"
DANGEROUS = frozenset(" ".join((PROGRAMS, SCRIPTS, PAGES, MACROS_AND_DISKS)).split())
"""endings behind which something hides that runs when it is opened"""


def ending_of(name: str) -> str:
    """The ending of a name in small letters, without its dot; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and re.fullmatch(r"[A-Za-z0-9_-]{1,12}", ending) else ""


def clean_name(name: str) -> str:
    """The name that a file keeps, from whatever a browser sent; never empty, and cleaning it again changes nothing.

    The last part of a path, composed (NFC), without characters that steer a terminal, a text's direction or a file
    system; at most 150 characters, with its ending; no name of a Windows device; and no ending of a program before
    the real one, where a system that hides endings would show it (`plan.exe.pdf` becomes `plan_exe.pdf`).
    """
    last = re.split(r"[/\\]", name)[-1]
    text = unicodedata.normalize("NFC", "".join(map(_plain, last)))
    text = re.sub(r"\s+", " ", text).strip(". ")
    stem, dot, ending = text.rpartition(".")
    stem, ending = stem.rstrip(". "), ending.strip(" ")
    if not dot or not stem or not ending or len(ending) > LONGEST_ENDING:
        stem, ending = text, ""
    pieces = stem.split(".")
    stem = pieces[0] + "".join(f"{_joint(piece)}{piece}" for piece in pieces[1:])
    if RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    tail = f".{ending}" if ending else ""
    stem = _shortened(stem, LONGEST - len(tail), LONGEST_BYTES - len(tail.encode()))
    return f"{stem or UNNAMED}{tail}"


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zl", "Zp", "Zs") or character in "\t\r\n\v\f":
        return " "
    if category[0] == "C":
        return ""
    return "_" if character in '<>:"|?*' else character


def _joint(piece: str) -> str:
    return "_" if piece.strip().lower() in DANGEROUS else "."


def _shortened(stem: str, characters: int, size: int) -> str:
    cut = stem[:characters].encode()[:size].decode(errors="ignore")
    return cut.rstrip(". ")
