"""What does a form bring, and how much of it is taken in?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData

MOST_FIELDS = 300
MOST_FILES = 20
LONGEST_TEXT = 1_000_000


@asynccontextmanager
async def read_form(request: Request) -> AsyncIterator[FormData]:
    """The fields and files of a form; the files are gone afterwards."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_TEXT) as form:
        yield form
