"""How is a form with files taken in, without trusting its sender about anything?

Read as it streams: no part, header or field grows beyond its limit, and files lie on disk as soon as they are more
than a quarter of a megabyte, so that memory stays flat whatever is sent. Starlette's own `request.form()` is not
enough: it limits no file, and it takes a form whose end never came for a whole one, with its last part left out.
"""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl

import anyio
from anyio.to_thread import run_sync
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.requests import ClientDisconnect, Request

from engine.errors import GrantcycleError
from web.uploads import sentences
from web.uploads.names import clean_name
from web.uploads.sentences import Sentence, Size

IN_MEMORY = 256 * 1024
"""bytes of a file that are held before they go to disk, in one step for all that has gathered"""
DRAINED = 64 * 1024 * 1024
"""bytes of a refused form that are still read and thrown away: a browser shows no answer before it has sent all"""
DRAINED_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring; sizes in bytes."""

    file: int
    request: int
    files: int = 20
    fields: int = 500
    field: int = 256 * 1024


class FormRefused(GrantcycleError):
    """A form that is not taken; `status` is the answer's, `fields` the texts that had come in until then."""

    status = 422

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.fields: tuple[tuple[str, str], ...] = ()


class TooLarge(FormRefused):
    """More than is taken came in, or was announced: `limit` and `got` in what the limit counts."""

    status = 413

    def __init__(self, msgid: str, limit: int, got: int) -> None:
        super().__init__(Sentence(msgid, {"limit": limit}))
        self.limit, self.got = limit, got


class Malformed(FormRefused):
    """What came in is no form as a browser sends it."""

    def __init__(self, msgid: str) -> None:
        super().__init__(Sentence(msgid))


class ReceivedFile(UploadFile):
    """A file that came in, under its cleaned name; where `refusal` says that it is too large, it is empty."""

    def __init__(self, file: IO[bytes], name: str, headers: Headers) -> None:
        super().__init__(file=file, size=0, filename=name, headers=headers)  # type: ignore[arg-type]  # asks BinaryIO
        self.refusal: Sentence | None = None


@asynccontextmanager
async def received(request: Request, limits: Limits) -> AsyncIterator[FormData]:
    """The form of a request: its texts, and its files as ReceivedFile; the files are gone when the block ends.

    A file input that was left empty is not in it. A file beyond `limits.file` is in it with its refusal, so that
    the rest of the form is not lost. Raises TooLarge or Malformed when the form as a whole is not taken.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    parts = _Parts(limits)
    try:
        try:
            _check_announced(request, limits)
            if kind == b"multipart/form-data":
                await parts.read(request, options)
            elif kind == b"application/x-www-form-urlencoded":
                await parts.read_pairs(request)
            else:
                raise Malformed(sentences.NO_FORM)
        except FormRefused as refused:
            refused.fields = tuple((name, value) for name, value in parts.items if isinstance(value, str))
            await parts.drain(request)
            raise
        yield FormData(parts.items)
    finally:
        parts.close()


def _check_announced(request: Request, limits: Limits) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (got := int(announced[:18])) > limits.request:
        raise TooLarge(sentences.REQUEST_TOO_LARGE, Size(limits.request), got)


@dataclass(slots=True)
class _Part:
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    name: str = ""
    text: bytearray = field(default_factory=bytearray)
    file: ReceivedFile | None = None
    size: int = 0


class _Parts:
    """The parts of one form as they come in."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.items: list[tuple[str, UploadFile | str]] = []
        self.files: list[IO[bytes]] = []
        self.part = _Part()
        self.header_name, self.header_value = bytearray(), bytearray()
        self.fields_seen = self.files_seen = self.got = 0
        self.waiting: list[tuple[ReceivedFile, bytearray]] = []
        self.waiting_size = 0
        self.ended = False
        self.stream: AsyncIterator[bytes] | None = None

    def count(self, chunk: bytes) -> None:
        self.got += len(chunk)
        if self.got > self.limits.request:
            raise TooLarge(sentences.REQUEST_TOO_LARGE, Size(self.limits.request), self.got)

    async def read(self, request: Request, options: Mapping[bytes, bytes]) -> None:
        if not options.get(b"boundary"):
            raise Malformed(sentences.NO_FORM)
        try:
            parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self.on_part_begin,
                    "on_part_data": self.on_part_data,
                    "on_part_end": self.on_part_end,
                    "on_header_field": self.on_header_field,
                    "on_header_value": self.on_header_value,
                    "on_header_end": self.on_header_end,
                    "on_headers_finished": self.on_headers_finished,
                    "on_end": self.on_end,
                },
            )
            self.stream = request.stream()
            async for chunk in self.stream:
                self.count(chunk)
                parser.write(chunk)
                if self.waiting_size >= IN_MEMORY:
                    await run_sync(self.store)
        except FormParserError as problem:
            raise Malformed(sentences.NO_FORM) from problem
        if not self.ended:
            raise Malformed(sentences.INCOMPLETE)
        await run_sync(self.finish)

    async def read_pairs(self, request: Request) -> None:
        body = bytearray()
        self.stream = request.stream()
        async for chunk in self.stream:
            self.count(chunk)
            body += chunk
            if len(body) > self.limits.field:
                raise TooLarge(sentences.FIELD_TOO_LARGE, Size(self.limits.field), len(body))
        if (got := body.count(b"&") + 1) > self.limits.fields:
            raise TooLarge(sentences.TOO_MANY_FIELDS, self.limits.fields, got)
        self.items.extend(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))

    def store(self) -> None:
        """Write what has gathered; on a thread of its own, for a disk may be slow."""
        for file, data in self.waiting:
            if file.refusal is None:
                file.file.write(data)
        self.waiting.clear()
        self.waiting_size = 0

    def finish(self) -> None:
        """Write the rest, and lay every file open at its beginning."""
        self.store()
        for file in self.files:
            file.seek(0)

    async def drain(self, request: Request) -> None:
        """Read on for a while after a refusal, and keep nothing."""
        self.close()
        gone = 0
        with anyio.move_on_after(DRAINED_SECONDS):
            try:
                async for chunk in self.stream or request.stream():
                    gone += len(chunk)
                    if gone > DRAINED:
                        return
            except ClientDisconnect:
                return

    def close(self) -> None:
        for file in self.files:
            file.close()
        self.waiting.clear()

    # ── What the parser tells ────────────────────────────────────────────────

    def on_part_begin(self) -> None:
        self.part = _Part()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.header_name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.header_value += data[start:end]

    def on_header_end(self) -> None:
        self.part.headers.append((bytes(self.header_name).lower(), bytes(self.header_value)))
        self.header_name.clear()
        self.header_value.clear()

    def on_headers_finished(self) -> None:
        part = self.part
        _, options = parse_options_header(dict(part.headers).get(b"content-disposition"))
        if b"name" not in options:
            raise Malformed(sentences.NO_FIELD_NAME)
        part.name = options[b"name"].decode(errors="replace")
        if b"filename" not in options:
            self.fields_seen += 1
            if self.fields_seen > self.limits.fields:
                raise TooLarge(sentences.TOO_MANY_FIELDS, self.limits.fields, self.fields_seen)
            return
        self.files_seen += 1
        if self.files_seen > self.limits.files:
            raise TooLarge(sentences.TOO_MANY_FILES, self.limits.files, self.files_seen)
        sent = options[b"filename"].decode(errors="replace")
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when the block ends
        self.files.append(file)
        part.file = ReceivedFile(file, clean_name(sent) if sent else "", Headers(raw=part.headers))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self.part
        part.size += end - start
        if part.file is None:
            if part.size > self.limits.field:
                raise TooLarge(sentences.FIELD_TOO_LARGE, Size(self.limits.field), part.size)
            part.text += data[start:end]
        elif part.size > self.limits.file:
            if part.file.refusal is None:
                part.file.refusal = Sentence(sentences.TOO_LARGE, {"limit": Size(self.limits.file)})
                part.file.file.truncate(0)
        else:
            if not self.waiting or self.waiting[-1][0] is not part.file:
                self.waiting.append((part.file, bytearray()))
            self.waiting[-1][1].extend(memoryview(data)[start:end])
            self.waiting_size += end - start

    def on_part_end(self) -> None:
        part = self.part
        if part.file is None:
            self.items.append((part.name, part.text.decode(errors="replace")))
        elif part.file.filename:
            part.file.size = 0 if part.file.refusal else part.size
            self.items.append((part.name, part.file))
        elif part.size:
            raise Malformed(sentences.NO_FILE_NAME)

    def on_end(self) -> None:
        self.ended = True
