"""With which headers is a stored file handed out, so that it is only ever saved or shown, never run?"""

from urllib.parse import quote

from web.uploads.names import clean_name, ending_of

SHOWN = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
"""endings whose kind is said; everything else is bytes"""
PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - frozenset('"\\%;')


def download_headers(name: str, size: int) -> dict[str, str]:
    """The headers of a download of `size` bytes; the name is cleaned again, for rows may be older than the rules.

    No ETag, Last-Modified or ranges: a file's presence may not be guessed from an answer that was kept somewhere, and
    a right that was taken away holds from the next request on.
    """
    cleaned = clean_name(name)
    return {
        "Content-Type": SHOWN.get(ending_of(cleaned), "application/octet-stream"),
        "Content-Length": str(size),
        "Content-Disposition": disposition(cleaned),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "none",
    }


def disposition(name: str) -> str:
    """`attachment` with the name twice (RFC 6266): for old readers in ASCII, for the others in UTF-8."""
    cleaned = clean_name(name)
    ascii_name = "".join(character if character in PLAIN else "_" for character in cleaned)
    if ascii_name == cleaned:
        return f'attachment; filename="{cleaned}"'
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
