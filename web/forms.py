"""What does a form bring, and how much of it is taken in?"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData

from web.office import Office
from web.uploads.receiving import Limits, received

FILES_AT_ONCE = 5
"""files of the greatest size that may come together; more come when they are smaller"""
STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""characters that steer machines: no page can show them, and not every database can keep them"""
BESIDES = 2_000_000
"""bytes for the texts of a form and for what its parts are wrapped in"""


def limits_of(office: Office) -> Limits:
    """How much one form may bring to this installation."""
    return Limits(file=office.biggest_file, request=FILES_AT_ONCE * office.biggest_file + BESIDES)


@asynccontextmanager
async def read_form(request: Request) -> AsyncIterator[FormData]:
    """The fields and files of a form, texts without what steers machines; the files are gone afterwards.

    Raises FormRefused for one that is not taken.
    """
    async with received(request, limits_of(request.app.state.office)) as form:
        yield FormData([(name, STEERING.sub("", one) if isinstance(one, str) else one)
                        for name, one in form.multi_items()])  # fmt: skip
