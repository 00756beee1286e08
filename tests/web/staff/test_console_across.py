"""Do applicants read what is in their way before they start, and do staff see it, and lift it?"""

from collections.abc import Iterator
from typing import Any

import pytest
from databases import fresh_on
from visiting import Site
from yearly_prizes import JUROR, STAFF, at, key, prizes

ANNA, BERT = "anna@applicant.example", "bert@applicant.example"


@pytest.fixture
def site() -> Iterator[Site]:
    """Anna's house has got the prize of 2030, and the call of 2031 is open."""
    with fresh_on("sqlite") as database:
        site = Site(database, at("2031", "02-11T10:00"))
        for year in ("2030", "2031"):
            now = at(year, "01-05T10:00")
            site.cycle.open_round(prizes(), year, by=STAFF, now=now)
            for email, role in ((STAFF, "staff"), (JUROR, "staff"), (JUROR, "jury")):
                site.cycle.add_person(key(year), email=email, name=email, language="en", role=role, by=STAFF, now=now)
        number = handed_in(site, "2030", ANNA, "De Brug")
        site.cycle.advance(at("2030", "03-05T10:00"))
        site.cycle.act(key("2030"), number, "award", by=JUROR, now=at("2030", "03-10T10:00"))
        site.cycle.advance(site.now)
        yield site


def draft(site: Site, year: str, email: str, organisation: str) -> str:
    now = at(year, "02-10T10:00")
    number = site.cycle.start_dossier(
        key(year), organisation=organisation, email=email, name="Anna", language="en", by=email, now=now
    )
    site.cycle.answer(key(year), number, {"title": "Bread for all"}, by=email, now=now)
    return number


def handed_in(site: Site, year: str, email: str, organisation: str) -> str:
    number = draft(site, year, email, organisation)
    site.cycle.act(key(year), number, "submit", by=email, now=at(year, "02-10T11:00"))
    return number


REASON = (
    "SP30-001, of the same organisation, became “Prize” on Sunday 10 March 2030. "
    "That counts until Wednesday 10 March 2032."
)


def test_who_is_kept_away_reads_it_before_they_start(site: Site) -> None:
    page = site.visit(ANNA).get(f"/call/{key('2031')}/start")
    assert "Read this before you start" in page.text
    assert f"<strong>De Brug</strong>: {REASON}" in page.text
    site.cycle.start_dossier(
        key("2031"), organisation="Le Pont", email=BERT, name="Bert", language="en", by=BERT, now=site.now
    )
    assert "Read this" not in site.visit(BERT).get(f"/call/{key('2031')}/start").text


def test_who_is_kept_away_reads_it_on_the_way_and_cannot_hand_in(site: Site) -> None:
    number = draft(site, "2031", ANNA, "De Brug")
    path, visit = f"/dossier/{key('2031')}/{number}", site.visit(ANNA)
    for page in (visit.get(path), visit.get(f"{path}/check")):
        assert "This keeps the dossier from being handed in" in page.text
        assert REASON in page.text
    assert 'name="declared"' not in visit.get(f"{path}/check").text
    answer = visit.post(f"{path}/submit", {"declared": "yes"}, on=path)
    assert answer.status_code == 409
    assert REASON in answer.text


def test_staff_see_the_other_dossiers_and_lift_the_rule_with_a_reason(site: Site) -> None:
    number = draft(site, "2031", ANNA, "De Brug")
    here, staff = f"/staff/{key('2031')}/dossiers/{number}/applicant", site.visit(STAFF)
    page = staff.get(here)
    assert REASON in page.text
    assert f'<a href="/staff/{key("2030")}/dossiers/SP30-001">SP30-001</a>' in page.text
    bare = staff.post(f"{here}/lift", {"guard": "clear_of", "reason": " "}, on=here)
    assert (bare.status_code, "Write down the reason." in bare.text) == (409, True)
    lifted = staff.post(f"{here}/lift", {"guard": "clear_of", "reason": "It paid back."}, on=here)
    assert lifted.status_code == 303
    page = staff.get(here)
    assert ("It paid back." in page.text, REASON in page.text) == (True, False)
    site.cycle.act(key("2031"), number, "submit", by=ANNA, now=site.now)
    back = staff.post(f"{here}/put-back", {"guard": "clear_of"}, on=here)
    assert back.status_code == 303
    assert "It paid back." not in staff.get(here).text


def test_staff_say_that_two_names_are_one_organisation_and_that_they_are_not(site: Site) -> None:
    number = draft(site, "2031", ANNA, "De Brug vzw")
    here, staff = f"/staff/{key('2031')}/dossiers/{number}/applicant", site.visit(STAFF)
    assert REASON not in staff.get(here).text
    assert staff.post(f"{here}/join", {"name": "De Brug"}, on=here).status_code == 303
    assert (REASON in staff.get(here).text, "De Brug vzw · De Brug" in staff.get(here).text) == (True, True)
    assert staff.post(f"{here}/part", {}, on=here).status_code == 303
    assert REASON not in staff.get(here).text


def test_staff_of_one_round_learn_only_how_many_there_are_in_another(site: Site) -> None:
    number, other = draft(site, "2031", ANNA, "De Brug"), "other@fund.example"
    site.cycle.add_person(
        key("2031"), email=other, name="Otto", language="en", role="staff", by=STAFF, now=site.now
    )
    page: Any = site.visit(other).get(f"/staff/{key('2031')}/dossiers/{number}/applicant")
    assert ("SP30-001" in page.text, "1 more is of a round that you do not run." in page.text) == (False, True)


ASKS = (
    ('[transition.submit]', (
        '[question.earlier]\nask = "Which dossier does it follow?"\nkind = "dossier"\n\n'
        '[question.away]\nask = "Who must not read it?"\nkind = "conflicts"\n\n[transition.submit]'
    )),
    ('[transition.decline]\nfrom = "read"\nto   = "declined"\nby   = "staff"',
     '[transition.decline]\nfrom = "read"\nto   = "declined"\nby   = "jury"\ntell = { applicant = "sorry" }'),
)  # fmt: skip
OTHER = "other@fund.example"


def test_the_list_of_who_is_kept_away_is_for_staff_and_those_on_it_see_no_dossier() -> None:
    """The committee reads which dossier it follows, and never the list."""
    with fresh_on("sqlite") as database:
        site = Site(database, at("2030", "02-11T10:00"))
        site.cycle.open_round(prizes(ASKS), "2030", by=STAFF, now=at("2030", "01-05T10:00"))
        for email, role in ((STAFF, "staff"), (JUROR, "jury"), (OTHER, "jury")):
            site.cycle.add_person(
                key("2030"), email=email, name=email, language="en", role=role, by=STAFF, now=at("2030", "01-05T10:00")
            )
        first = handed_in(site, "2030", ANNA, "De Brug")
        number = draft(site, "2030", ANNA, "Le Pont")
        path, anna = f"/dossier/{key('2030')}/{number}/section/project", site.visit(ANNA)
        assert f'<option value="prizes/2030/{first}">' in anna.get(path).text
        typed = {"a-title": "Bread", "a-earlier": f"prizes/2030/{first}", "a-away": f"Jo Roe\n{OTHER}", "go": "back"}
        assert anna.post(path, typed, on=path).status_code == 303
        site.cycle.act(key("2030"), number, "submit", by=ANNA, now=site.now)
        site.clock.instant = at("2030", "03-05T10:00")
        site.cycle.advance(site.now)
        site.cycle.declare_clear(key("2030"), number, by=JUROR, now=site.now)
        read = site.visit(JUROR).get(f"/committee/{key('2030')}/{number}").text
        assert ("Which dossier does it follow?" in read, first in read) == (True, True)
        assert [words for words in ("Who must not read it?", "Jo Roe", OTHER) if words in read] == []
        kept = site.visit(OTHER)
        assert kept.get(f"/committee/{key('2030')}/{number}").status_code == 404
        listed = kept.get(f"/committee/{key('2030')}?show=all").text
        assert (first in listed, number in listed) == (True, False)
        assert "Jo Roe" in site.visit(STAFF).get(f"/staff/{key('2030')}/dossiers/{number}/answers").text
