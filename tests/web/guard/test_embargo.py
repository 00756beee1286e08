"""Does nothing outside tell awarded from declined before the verdict takes effect, and everything after? (P7)"""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from permissions import browser_of
from visiting import CHAIR, ROUND, STAFF, Site, at
from wandering import seen, wander
from world import OWN, SECOND_STAFF, again, post, world

OUTSIDE = ("contact", "observer", "member with a conflict")
QUICK = ("contact", "observer")
"""in whose eyes the quick run looks at every page"""
VERDICTS = ("award", "turn_down")
EVE, PAST, HELD = at("2019-05-19 23:59"), at("2019-05-20 08:59"), at("2019-05-21 10:00")
"""the evening before, the minute before people hear, and a day later while what is held has not been approved"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = world()
    yield made
    made.database.close()


def _decided(site: Site, verdict: str, instant: int, *, approved: bool) -> None:
    """The committee has decided so; two of the staff have approved what is held, or nobody has; it is that instant."""
    again(site)
    site.clock.instant = at("2019-05-10 11:00")
    if verdict != "award":  # which stands already
        site.cycle.verdict(ROUND, OWN, verdict, by=CHAIR, now=site.now, reason="Unaniem.")
    if approved:
        for by in (STAFF, SECOND_STAFF):
            site.cycle.approve(ROUND, "approval opens", by=by, now=site.now)
    site.clock.instant = instant
    site.cycle.advance(site.now)
    post(site)


def _differing(
    site: Site, instant: int, personas: Sequence[str], *, approved: bool, on: Mapping[str, Sequence[str]] = {}
) -> dict[str, list[str]]:
    """persona -> the pages that tell the two verdicts apart: all that she finds, or else those `on` which she looks."""
    found: dict[str, dict[str, object]] = {}
    for verdict in VERDICTS:
        _decided(site, verdict, instant, approved=approved)
        for persona in personas:
            browser = browser_of(site, persona)
            pages = {path: browser.get(path) for path in on[persona]} if persona in on else wander(browser, (OWN,))
            found[f"{verdict} {persona}"] = dict(seen(pages))
    return {
        persona: sorted(
            path
            for path in found[f"award {persona}"].keys() | found[f"turn_down {persona}"].keys()
            if found[f"award {persona}"].get(path) != found[f"turn_down {persona}"].get(path)
        )
        for persona in personas
    }


@pytest.mark.parametrize(
    ("instant", "approved", "personas"),
    [pytest.param(HELD, False, QUICK, id="held beyond its day"),
     pytest.param(HELD, False, OUTSIDE, id="held beyond its day, everybody", marks=pytest.mark.slow),
     pytest.param(PAST, True, OUTSIDE, id="the minute before", marks=pytest.mark.slow),
     pytest.param(EVE, True, OUTSIDE, id="the evening before", marks=pytest.mark.slow)],
)  # fmt: skip
def test_before_it_takes_effect_nothing_tells_the_verdicts_apart(
    site: Site, instant: int, approved: bool, personas: Sequence[str]
) -> None:
    assert _differing(site, instant, personas, approved=approved) == {persona: [] for persona in personas}


def test_once_it_has_taken_effect_people_see_it_and_who_has_a_conflict_does_not(site: Site) -> None:
    pages = {"contact": [f"/dossier/{ROUND}/{OWN}"], "observer": [f"/committee/{ROUND}/{OWN}"]}
    assert _differing(site, HELD, OUTSIDE, approved=True, on=pages) == {**pages, "member with a conflict": []}
