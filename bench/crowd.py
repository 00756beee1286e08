"""How do many applicants hand in at once? Over real sockets, each when it is their time, whoever still waits."""

import asyncio
import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.clock import WallClock

SEPARATOR = "---------------------------grantcycle"


@dataclass
class Applicant:
    """One of the crowd: their dossier's path, the cookie and form token of their session, and when they begin."""

    path: str
    cookie: str
    csrf: str
    begins: float
    """seconds after the crowd's own beginning"""
    files: dict[str, int]
    """question -> bytes of its file"""
    digests: dict[str, str] = field(default_factory=dict)
    uploaded: float = 0.0
    """seconds that the upload took, from when it was meant to begin"""
    handed_in: float = 0.0
    """the same for handing in"""
    sent_at: float = 0.0
    """when handing in was sent, by the wall clock of this machine"""
    statuses: list[int] = field(default_factory=list)
    location: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str


def clock() -> float:
    """The wall clock, in seconds."""
    return WallClock().now() / 1_000_000


async def send(host: str, port: int, path: str, cookie: str, kind: str, body: bytes) -> Answer:
    """One POST over a connection of its own."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: grantcycle-session={cookie}\r\n"
            f"Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(int(lines[0].split()[1]), headers.get("location", ""))


def pdf(size: int) -> bytes:
    """A PDF of about that many bytes, unlike any other."""
    filling = os.urandom(max(size - 500, 16) // 2).hex().encode()
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n",
        b"4 0 obj<</Length %d>>stream\n%b\nendstream endobj\n" % (len(filling), filling),
    ]
    body, places = b"%PDF-1.4\n", []
    for one in objects:
        places.append(len(body))
        body += one
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _multipart(fields: dict[str, str], files: dict[str, bytes]) -> bytes:
    parts = [
        f'--{SEPARATOR}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{SEPARATOR}\r\nContent-Disposition: form-data; name="a-{name}"; filename="{name}.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n".encode() + content + b"\r\n"
        for name, content in files.items()
    ]
    return b"".join(parts) + f"--{SEPARATOR}--\r\n".encode()


async def _hand_in(host: str, port: int, one: Applicant, begun: float) -> None:
    await asyncio.sleep(max(0.0, begun + one.begins - time.monotonic()))
    meant = begun + one.begins
    files = {name: pdf(size) for name, size in one.files.items()}
    one.digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    body = _multipart({"csrf": one.csrf, "go": "next"}, files)
    kind = f"multipart/form-data; boundary={SEPARATOR}"
    answer = await send(host, port, f"{one.path}/section/documents", one.cookie, kind, body)
    one.statuses.append(answer.status)
    one.uploaded = time.monotonic() - meant
    one.sent_at = clock()
    form = f"csrf={one.csrf}&declared=yes&once={one.cookie}".encode()
    answer = await send(host, port, f"{one.path}/submit", one.cookie, "application/x-www-form-urlencoded", form)
    one.statuses.append(answer.status)
    one.location = answer.location
    one.handed_in = time.monotonic() - meant


async def hand_in(doors: Sequence[tuple[str, int]], crowd: Sequence[Applicant]) -> None:
    """All of them, each when it is their time, by turns at each door."""
    begun = time.monotonic()
    await asyncio.gather(*(_hand_in(*doors[turn % len(doors)], one, begun) for turn, one in enumerate(crowd)))
