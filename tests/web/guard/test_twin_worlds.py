"""Do two worlds look the same to whoever may not see in what they differ? (P4, P3, A3)"""

from collections.abc import Iterator
from functools import cache

import pytest
from knocking import Answer, signed_in
from permissions import PERSONAS, browser_of
from secrets_of import SECRETS, Secret
from visiting import Site
from wandering import seen, wander
from world import again, contents, post, world

VIEWERS = (
    "anonymous", "contact", "applicant of another", "member cleared", "member unanswered", "member with a conflict",
    "chair unanswered", "observer", "former member", "nobody in particular",
)  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


@cache
def _as_it_is(site: Site, persona: str) -> tuple[dict[str, Answer], list[str]]:
    """What somebody finds in the world as it is, and the tables in which looking around changed anything."""
    again(site)
    browser = browser_of(site, persona)
    before = contents(site)
    found = wander(browser)
    after = contents(site)
    return found, [name for name in before if before[name] != after[name]]


def _differences(site: Site, persona: str, secrets: list[Secret]) -> dict[str, object]:
    """The pages that are not what they were, once all that has happened, with where they begin to differ."""
    here = seen(_as_it_is(site, persona)[0])
    again(site)
    browser = browser_of(site, persona)
    for secret in secrets:
        secret.happens(site)
    post(site)
    there = seen(wander(browser))
    return {path: _first(here.get(path), there.get(path)) for path in here.keys() | there.keys()
            if here.get(path) != there.get(path)}  # fmt: skip


def _first(here: object, there: object) -> object:
    if not isinstance(here, tuple) or not isinstance(there, tuple):
        return "only in one of them"
    if here[0] != there[0]:
        return here[0], there[0]
    place = next((n for n, (a, b) in enumerate(zip(here[2], there[2], strict=False)) if a != b), None)
    return set(here[1]) ^ set(there[1]) if place is None else (here[2][place - 60 : place + 80], there[2][place : place + 80])


@pytest.mark.parametrize("persona", VIEWERS)
def test_nobody_notices_what_is_not_theirs(site: Site, persona: str) -> None:
    hidden = [secret for secret in SECRETS if secret.is_hidden_from(persona)]
    assert _differences(site, persona, hidden) == {}


@pytest.mark.slow
@pytest.mark.parametrize("secret", SECRETS, ids=lambda one: one.name)
@pytest.mark.parametrize("persona", [one for one in PERSONAS if one != "staff without second factor"])
def test_nobody_notices_any_one_secret(site: Site, persona: str, secret: Secret) -> None:
    if secret.is_hidden_from(persona):
        assert _differences(site, persona, [secret]) == {}


@pytest.mark.parametrize("secret", [one for one in SECRETS if one.shown], ids=lambda one: one.name)
def test_whose_it_is_does_notice(site: Site, secret: Secret) -> None:
    """Or else the worlds would be the same, and nothing proved."""
    assert secret.shown is not None
    again(site)
    email, path = secret.shown
    browser = signed_in(site, email)
    before = browser.get(path)
    secret.happens(site)
    assert browser.get(path) != before


@pytest.mark.parametrize("persona", [*VIEWERS, "staff", "chair"])
def test_looking_changes_nothing(site: Site, persona: str) -> None:
    found, changed = _as_it_is(site, persona)
    assert (changed, {path: one.status for path, one in found.items() if one.status >= 500}) == ([], {})
