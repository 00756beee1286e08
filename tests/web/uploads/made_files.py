"""Files as people and attackers make them, built from nothing."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""in two halves, so that no scanner finds it in this file"""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(catalog: bytes = b"", *, trailer: bytes = b"", objects: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF of one page, with its cross-reference table; the words are put into its dictionaries."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 720 Td (A plan, /Launch) Tj ET\nendstream",
    ]
    if objects:
        packed = zlib.compress(objects)
        head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        bodies.append(head + packed + b"\nendstream")
    out, places = bytearray(header), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)
    return bytes(out)


def archive(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


TYPES = b'<?xml version="1.0"?><Types><Override PartName="/%s" ContentType="application/vnd.main+xml"/></Types>'
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def office(kind: str, more: Mapping[str, bytes] | None = None, types: bytes = TYPES) -> bytes:
    """A docx, xlsx or pptx with its main part, and more parts."""
    main = MAIN[kind]
    body = b"<?xml version='1.0'?><w:document><w:body>A plan</w:body></w:document>"
    return archive({"[Content_Types].xml": types.replace(b"%s", main.encode()), main: body, **(more or {})})


def open_document(kind: str, more: Mapping[str, bytes] | None = None) -> bytes:
    names = {"odt": b"text", "ods": b"spreadsheet", "odp": b"presentation"}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("mimetype", b"application/vnd.oasis.opendocument." + names[kind], zipfile.ZIP_STORED)
        parts = {"content.xml": b"<office/>", "META-INF/manifest.xml": b"<manifest/>", **(more or {})}
        for name, content in parts.items():
            packed.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def ole(*names: str) -> bytes:
    return OLE + bytes(504) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(comment: bytes = b"") -> bytes:
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + said + b"\xff\xda\x00\x08\xff\xd9"


def lying(content: bytes, says: int) -> bytes:
    """An archive of one part that says it unpacks to another size, in both of its headers."""
    changed = bytearray(content)
    local, central = changed.find(b"PK\x03\x04"), changed.find(b"PK\x01\x02")
    changed[local + 22 : local + 26] = changed[central + 24 : central + 28] = struct.pack("<I", says)
    return bytes(changed)


def locked(content: bytes) -> bytes:
    """An archive whose first part says that it is encrypted."""
    changed = bytearray(content)
    changed[changed.find(b"PK\x03\x04") + 6] |= 1
    changed[changed.find(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)
