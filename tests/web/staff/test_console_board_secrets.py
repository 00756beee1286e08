"""Somebody of the staff who has a tie with a dossier cannot tell from any list how it stands."""

import re
from collections.abc import Callable

import pytest
from full_round import HERE, full_site, mark
from visiting import CHAIR, MEMBER, ROUND, STAFF, THIRD, Site

TIED = "tim@impuls.example"
SECRET = "CI19-003"
SEEN = re.compile(rb'name="seen" value="\d+"')
"""how far the journal goes: that something has happened in the round, not of what"""
PAGES = (
    HERE, f"{HERE}?only=conflict", f"{HERE}?q={SECRET}", f"{HERE}/dossiers", f"{HERE}/dossiers?sort=-mean",
    f"{HERE}/dossiers?q=taalbuddy&columns=verdict,mean,spread", f"{HERE}/dossiers?state=shortlisted",
    f"{HERE}/dossiers.csv?columns=title,mean,verdict", f"{HERE}/dossiers.xlsx?sort=-mean", "/staff/search?q=taalbuddy",
    f"/staff/search?q={SECRET}", "/staff/search?q=indiener2@",
)  # fmt: skip
"""lists with every way to look for it"""


def tied(site: Site, how: str) -> None:
    """Tim joins the staff, and has a conflict with the dossier, or speaks for it."""
    key, now = ROUND, site.now
    for role in ("staff", "jury"):
        site.cycle.add_person(
            key, email=TIED, name="Tim", language="en", role=role, chair=False, by=STAFF, now=now
        )  # fmt: skip
    if how == "conflict":
        site.cycle.declare_conflict(key, SECRET, by=TIED, now=now, reason="Een nicht.")
    else:
        site.cycle.add_contact(key, SECRET, email=TIED, name="Tim", language="en", by=STAFF, now=now)


def judged_well(site: Site) -> None:
    mark(site, SECRET, CHAIR, 10)
    site.cycle.recommend(ROUND, SECRET, "Prachtig.", by=CHAIR, now=site.now, advises="shortlist")
    site.cycle.verdict(ROUND, SECRET, "shortlist", by=CHAIR, now=site.now)


def judged_badly(site: Site) -> None:
    for member in (CHAIR, MEMBER, THIRD):
        mark(site, SECRET, member, 1)
    site.cycle.recommend(ROUND, SECRET, "Zwak.", by=MEMBER, now=site.now, advises="pass_over")
    site.cycle.verdict(ROUND, SECRET, "pass_over", by=STAFF, now=site.now, reason="Besproken.")


def seen(how: str, happened: Callable[[Site], None], email: str) -> dict[str, bytes | str]:
    """page -> what it says, in a world in which that happened."""
    site = full_site()
    tied(site, how)
    happened(site)
    visit = site.visit(email)
    token = visit.csrf(f"{HERE}/dossiers").encode()
    found: dict[str, bytes | str] = {}
    for path in PAGES:
        answer = visit.get(path)
        body = b"" if path.endswith("mean") and "xlsx" in path else SEEN.sub(b"", answer.content.replace(token, b""))
        found[path] = body if answer.status_code == 200 else f"{answer.status_code} {answer.headers.get('location')}"
    site.database.close()
    return found


@pytest.mark.parametrize("how", ["conflict", "contact"])
def test_two_worlds_that_differ_in_the_dossier_look_alike_to_whoever_has_a_tie_with_it(how: str) -> None:
    well, badly = seen(how, judged_well, TIED), seen(how, judged_badly, TIED)
    assert {path: body for path, body in well.items() if badly[path] != body} == {}
    assert [path for path, body in well.items() if not isinstance(body, bytes)] == []  # no search leads to it
    unasked = b"".join(body for path, body in well.items() if SECRET not in path and isinstance(body, bytes))
    assert SECRET.encode() not in unasked
    assert b"taalbuddy voor nieuwkomers" not in unasked


def test_whoever_has_no_tie_sees_the_difference() -> None:
    """Or else the test above would prove little."""
    well, badly = seen("conflict", judged_well, STAFF), seen("conflict", judged_badly, STAFF)
    assert well[HERE] != badly[HERE]
    assert well[f"{HERE}/dossiers?sort=-mean"] != badly[f"{HERE}/dossiers?sort=-mean"]
    assert well[f"/staff/search?q={SECRET}"] == f"303 {HERE}/dossiers/{SECRET}"


def test_whoever_has_a_tie_is_told_that_something_is_not_shown() -> None:
    site = full_site()
    tied(site, "conflict")
    sentence = "Dossiers that you have a conflict with, or speak for, are not shown and not counted."
    assert sentence in site.visit(TIED).get(HERE).text
    assert sentence not in site.visit(STAFF).get(HERE).text
    site.database.close()
