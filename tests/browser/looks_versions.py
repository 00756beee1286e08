"""What do staff see of the versions of a round, and of a change that they plan: one that does little, one refused?"""

from collections.abc import Iterator
from functools import cache

from living_site import LivingSite
from look import Look
from visiting import ROUND, STAFF, cera

from engine.database.connection import insert_once
from engine.database.records import PinnedRow
from engine.files.reading import Programme, read_programme

VERSIONS = f"/staff/{ROUND}/versions"


@cache
def _changed(file: str, old: str, new: str) -> Programme:
    files = dict(cera().files)
    assert old in files[file], old
    files[file] = files[file].replace(old, new)
    return read_programme("cera-impuls", files, "")


def _sent(living: LivingSite, programme: Programme) -> str:
    """The address of the plan of a change that somebody has sent."""
    row = {
        "digest": programme.digest, "programme": programme.name, "files": dict(programme.files),
        "pinned_at": living.site.now,
    }  # fmt: skip
    with living.site.office.database.transaction() as session:
        insert_once(session, PinnedRow, [row], "digest")
    return f"{VERSIONS}/plan?text={programme.digest}"


def in_the_call(living: LivingSite) -> Iterator[Look]:
    yield Look("versions", VERSIONS, STAFF)
    for way in ("words", "picture", "text"):
        yield Look(f"version-{way}", f"{VERSIONS}/1?as={way}", STAFF)
    yield Look("versions-same", f"{VERSIONS}/compare?was=1&now=1", STAFF)
    yield Look("plan-later", _sent(living, _changed("rounds/2019.toml", "17, to = 2019-03-01", "17, to = 2019-03-05")),
               STAFF)  # fmt: skip
    yield Look("plan-refused", _sent(living, _changed("rounds/2019.toml", "from = 2018-12-17", "from = 2018-12-18")),
               STAFF)  # fmt: skip


LOOKS = {"call": in_the_call}
