"""Does a form come in whole, or else with a sentence, and within its limits whoever sends it?"""

import asyncio
import hashlib
import resource
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Message

from web.uploads import receiving, sentences
from web.uploads.receiving import FormRefused, Limits, Malformed, ReceivedFile, TooLarge, received

MB = 1024 * 1024
LIMITS = Limits(file=2 * MB, request=5 * MB, files=3, fields=10, field=10_000)
HEADER = b"--edge\r\nContent-Disposition: form-data; "
MULTIPART = "multipart/form-data; boundary=edge"


def text(name: str, value: bytes) -> bytes:
    return HEADER + f'name="{name}"'.encode() + b"\r\n\r\n" + value + b"\r\n"


def file(name: str, content: bytes, filename: str = "plan.pdf") -> bytes:
    disposition = f'name="{name}"; filename="{filename}"'.encode()
    return HEADER + disposition + b"\r\nContent-Type: application/pdf\r\n\r\n" + content + b"\r\n"


END = b"--edge--\r\n"


def request(body: bytes, kind: str = MULTIPART, length: str | None = None, piece: int = 65_536) -> Request:
    """A request whose body comes in pieces; the browser is gone when more is asked for."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    messages = iter(pieces)
    left = len(pieces)

    async def receive() -> Message:
        nonlocal left
        left -= 1
        piece = next(messages, None)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": left > 0}

    headers = [(b"content-type", kind.encode())]
    headers += [(b"content-length", length.encode())] if length is not None else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def read(body: bytes, kind: str = MULTIPART, limits: Limits = LIMITS, **how: object) -> list[tuple[str, object]]:
    """What came in: texts as they are, files as (name, content, refusal)."""
    async with received(request(body, kind, **how), limits) as form:  # type: ignore[arg-type]
        return [(name, await told(value)) for name, value in form.multi_items()]


async def told(value: object) -> object:
    if not isinstance(value, ReceivedFile):
        return value
    content = await value.read()
    assert value.size == len(content)
    return value.filename, content, value.refusal and value.refusal.msgid


async def refused(body: bytes, kind: str = MULTIPART, limits: Limits = LIMITS, **how: object) -> FormRefused:
    with pytest.raises(FormRefused) as problem:
        await read(body, kind, limits, **how)
    return problem.value


# ── What a browser sends ────────────────────────────────────────────────────


@pytest.mark.parametrize("piece", [1, 7, 65_536])
async def test_texts_and_files_come_in_as_they_were_sent_however_the_network_cuts_them(piece: int) -> None:
    content = bytes(range(256)) + b"\r\n--edg\r\n--edge-\r--"
    body = text("title", "Théâtre 🎭".encode()) + file("plan", content, "été.pdf") + text("title", b"") + END
    assert await read(body, piece=piece) == [
        ("title", "Théâtre 🎭"), ("plan", ("été.pdf", content, None)), ("title", ""),
    ]  # fmt: skip


async def test_an_ordinary_form_comes_in_too() -> None:
    body = b"title=Th%C3%A9%C3%A2tre+x&empty=&title=b"
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    assert await read(body, kind) == [("title", "Théâtre x"), ("empty", ""), ("title", "b")]
    assert await read(b"", kind) == []


async def test_a_file_input_that_was_left_empty_is_not_in_the_form_and_an_empty_file_is() -> None:
    assert await read(file("plan", b"", "") + file("budget", b"", "empty.pdf") + END) == [
        ("budget", ("empty.pdf", b"", None))
    ]


async def test_a_file_comes_under_its_cleaned_name() -> None:
    assert await read(file("plan", b"x", "../../etc/pass\u202ewd.exe.pdf") + END) == [
        ("plan", ("passwd_exe.pdf", b"x", None))
    ]


async def test_the_files_are_gone_when_the_block_ends() -> None:
    async with received(request(file("plan", b"x" * MB) + END), LIMITS) as form:
        kept = form["plan"]
        assert isinstance(kept, ReceivedFile)
        assert not kept.file.closed
    assert kept.file.closed


# ── Limits ──────────────────────────────────────────────────────────────────


async def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_comes_empty_with_its_refusal() -> None:
    whole, more = b"x" * LIMITS.file, b"x" * (LIMITS.file + 1)
    assert await read(file("plan", whole) + END) == [("plan", ("plan.pdf", whole, None))]
    assert await read(text("a", b"1") + file("plan", more) + file("b", b"2") + text("c", b"3") + END) == [
        ("a", "1"), ("plan", ("plan.pdf", b"", sentences.TOO_LARGE)), ("b", ("plan.pdf", b"2", None)), ("c", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize("length", [None, "12", "99999999999999999999999", "abc", "²", "-1"])
async def test_a_form_beyond_the_limit_is_refused_whatever_it_announced(length: str | None) -> None:
    body = text("a", b"kept") + b"".join(file("plan", b"x" * 2 * MB) for _ in range(3)) + END
    problem = await refused(body, length=length)
    assert isinstance(problem, TooLarge)
    assert (problem.status, problem.limit, problem.sentence.msgid) == (413, 5 * MB, sentences.REQUEST_TOO_LARGE)
    assert problem.fields in ((("a", "kept"),), ())  # () where the announcement alone was too much


async def test_the_announced_length_alone_is_enough_to_refuse() -> None:
    problem = await refused(text("a", b"1") + END, length=str(LIMITS.request + 1))
    assert isinstance(problem, TooLarge)
    assert problem.got == LIMITS.request + 1
    assert await read(text("a", b"1") + END, length=str(LIMITS.request)) == [("a", "1")]


@pytest.mark.parametrize(
    ("body", "msgid"),
    [
        (text("a", b"x" * 10_001) + END, sentences.FIELD_TOO_LARGE),
        (text("a", b"1") * 11 + END, sentences.TOO_MANY_FIELDS),
        (text("a", b"1") * 10_000 + END, sentences.TOO_MANY_FIELDS),
        (file("a", b"1") * 4 + END, sentences.TOO_MANY_FILES),
        (file("a", b"", "") * 10_000 + END, sentences.TOO_MANY_FILES),
    ],
)
async def test_too_many_parts_and_too_long_texts_are_refused(body: bytes, msgid: str) -> None:
    problem = await refused(body)
    assert (problem.status, problem.sentence.msgid) == (413, msgid)


@pytest.mark.parametrize(
    ("body", "msgid"),
    [(b"a=" + b"x" * 10_000, sentences.FIELD_TOO_LARGE), (b"a&" * 11, sentences.TOO_MANY_FIELDS)],
)
async def test_an_ordinary_form_has_limits_too(body: bytes, msgid: str) -> None:
    problem = await refused(body, "application/x-www-form-urlencoded")
    assert (problem.status, problem.sentence.msgid) == (413, msgid)


async def test_as_much_as_is_allowed_is_taken() -> None:
    body = text("a", b"x" * 10_000) * 10 + file("b", b"1") * 3 + END
    assert len(await read(body)) == 13


# ── Malformed ───────────────────────────────────────────────────────────────

JUNK = {
    "no boundary": (b"", "multipart/form-data", sentences.NO_FORM),
    "a boundary of 300": (b"", "multipart/form-data; boundary=" + "a" * 300, sentences.NO_FORM),
    "no form at all": (b"{}", "application/json", sentences.NO_FORM),
    "no type": (b"a=b", "", sentences.NO_FORM),
    "another boundary": (text("a", b"1").replace(b"edge", b"ledge"), MULTIPART, sentences.NO_FORM),
    "no parts": (b"", MULTIPART, sentences.INCOMPLETE),
    "no end": (text("a", b"1"), MULTIPART, sentences.INCOMPLETE),
    "half a file": (text("a", b"1") + file("b", b"2")[:-9], MULTIPART, sentences.INCOMPLETE),
    "no name": (HEADER + b'filename="x"\r\n\r\nx\r\n' + END, MULTIPART, sentences.NO_FIELD_NAME),
    "no disposition": (b"--edge\r\nContent-Type: text/plain\r\n\r\nx\r\n" + END, MULTIPART, sentences.NO_FIELD_NAME),
    "a file without a name": (file("a", b"1", "") + END, MULTIPART, sentences.NO_FILE_NAME),
    "a header of 10,000": (b"--edge\r\nX: " + b"x" * 10_000 + b"\r\n\r\n1\r\n" + END, MULTIPART, sentences.NO_FORM),
    "a header without end": (b"--edge\r\nX: " + b"x" * 4_000_000, MULTIPART, sentences.NO_FORM),
    "thousands of headers": (b"--edge\r\n" + b"X: x\r\n" * 9_000 + b"\r\n1\r\n" + END, MULTIPART, sentences.NO_FORM),
}


@pytest.mark.parametrize("what", JUNK)
async def test_what_no_browser_sends_is_refused_with_a_sentence(what: str) -> None:
    body, kind, msgid = JUNK[what]
    problem = await refused(body, kind)
    assert isinstance(problem, Malformed)
    assert (problem.status, problem.sentence.msgid) == (422, msgid)


async def test_a_browser_that_goes_away_leaves_no_file_open() -> None:
    going = request(file("plan", b"x" * MB)[:-20] + b"x", piece=MB)
    coming = going.receive

    async def receive() -> Message:
        return {**await coming(), "more_body": True}

    leaving = Request(going.scope, receive)
    with pytest.raises(ClientDisconnect):
        async with received(leaving, LIMITS):
            raise AssertionError("an incomplete form was handed on")


async def test_bytes_that_are_no_text_are_replaced() -> None:
    assert await read(text("a", b"\xff\xed\xa0\x80x") + END) == [("a", "\ufffd" * 4 + "x")]


# ── Memory and the other visitors ───────────────────────────────────────────


async def test_memory_stays_flat_however_much_comes() -> None:
    async def endless(size: int) -> AsyncIterator[bytes]:
        yield file("plan", b"")[:-2]
        for _ in range(size // 65_536):
            yield bytes(65_536)
        yield b"\r\n" + END

    async def take(size: int) -> int:
        source = endless(size)

        async def receive() -> Message:
            piece = await anext(source, None)
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        limits = Limits(file=200 * MB, request=300 * MB)
        asked = Request({"type": "http", "method": "POST", "headers": [(b"content-type", MULTIPART.encode())]}, receive)
        async with received(asked, limits) as form:
            kept = form["plan"]
            assert isinstance(kept, ReceivedFile)
            return kept.size or 0

    assert await take(5 * MB) == 5 * MB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert await take(150 * MB) == 150 * MB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024  # KiB


async def test_others_are_served_between_the_pieces_of_a_file_that_goes_to_disk() -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    asked = request(file("plan", bytes(2 * MB)) + END)
    coming, seen = asked.receive, set()

    async def receive() -> Message:
        seen.add(turns)
        return await coming()

    others = asyncio.create_task(another())
    async with received(Request(asked.scope, receive), LIMITS):
        others.cancel()
    assert len(seen) >= 2 * MB // receiving.IN_MEMORY  # the network never waits here: only writing lets others on


# ── Over a real connection ──────────────────────────────────────────────────


async def endpoint(request: Request) -> JSONResponse:
    try:
        async with received(request, LIMITS) as form:
            return JSONResponse(await digests(form))
    except FormRefused as problem:
        return JSONResponse(str(problem), problem.status)


async def digests(form: FormData) -> dict[str, str]:
    return {
        name: hashlib.sha256(await value.read()).hexdigest()
        for name, value in form.items()
        if not isinstance(value, str)
    }


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Starlette()
    app.add_route("/", endpoint, methods=["POST"])
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def post(port: int, head: str, body: Iterator[bytes]) -> bytes:
    """The answer to a raw request, read after all was sent, as a browser does."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        lines = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {MULTIPART}\r\n{head}\r\n\r\n"
        connection.sendall(lines.encode())
        for piece in body:
            connection.sendall(piece)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def test_a_form_that_is_too_large_gets_its_answer_and_not_a_broken_connection(port: int) -> None:
    body = file("plan", bytes(30 * MB)) + END
    answer = post(port, f"Content-Length: {len(body)}", (body[at : at + MB] for at in range(0, len(body), MB)))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 5.2 MB" in answer


def test_pieces_without_a_length_are_counted_as_they_come(port: int) -> None:
    def chunked(size: int) -> Iterator[bytes]:
        for piece in (file("plan", b"")[:-2], *[bytes(MB)] * size, b"\r\n" + END, b""):
            yield b"%x\r\n%s\r\n" % (len(piece), piece)

    assert post(port, "Transfer-Encoding: chunked", chunked(12)).startswith(b"HTTP/1.1 413 ")
    taken = post(port, "Transfer-Encoding: chunked", chunked(2))
    assert hashlib.sha256(bytes(2 * MB)).hexdigest().encode() in taken


def test_a_gigabyte_is_not_read_to_its_end(port: int) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            yield bytes(MB)
            sent += 1

    try:
        answer = post(port, f"Content-Length: {1_000 * MB}", endless())
    except OSError:  # it hung up, as it may on a sender who goes on
        answer = b""
    assert sent < receiving.DRAINED // MB + 30
    assert not answer or answer.startswith(b"HTTP/1.1 413 ")
