"""The pages know no programme: without criteria, with marks that are typed, with two committees, with moves at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import visiting
from databases import fresh
from jury_room import HERE, READING, before_the_jury, cleared, say
from visiting import CHAIR, FOURTH, MEMBER, ROUND, STAFF, THIRD, Site, cera

from engine.files.reading import Programme, read_programme

Change = Callable[[str], str]


def changed(change: Change) -> Programme:
    """The shipped programme with other rules."""
    files = dict(cera().files)
    files["workflow.toml"] = change(files["workflow.toml"])
    return read_programme("cera-impuls", files, "cera-impuls")


def a_site(monkeypatch: pytest.MonkeyPatch, change: Change) -> Site:
    programme = changed(change)
    monkeypatch.setattr(visiting, "cera", lambda: programme)
    database = fresh()
    visiting.put_round(database)
    return Site(database)


def without_criteria(rules: str) -> str:
    return re.sub(r"\[criterion\.\w+\]\n(?:\w.*\n)+", "", rules)


def with_two_committees(rules: str) -> str:
    """The pitch is judged by a board of its own."""
    before, award, after = rules.partition("[transition.award]")
    after = after.replace('by           = "jury"', 'by           = "board"')
    board = '[committee.board]\ntitle = "Onafhankelijke selectiecommissie"\nquorum = 1\n\n'
    return before.replace("# The calendar has these phases", board + "# The calendar has these phases") + award + after


def test_without_criteria_a_recommendation_is_all_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(monkeypatch, without_criteria)
    number, _ = before_the_jury(site, 2)
    for member in (MEMBER, THIRD):
        cleared(site, number, member)
    site.cycle.recommend(ROUND, number, "Woorden van Ine", by=THIRD, now=site.now, advises="shortlist")
    visit = site.visit(MEMBER)
    page = visit.get(f"{HERE}/{number}").text
    assert ("mark_" in page, "Woorden van Ine" in page) == (False, False)
    assert "0 of 2 done" in visit.get(HERE).text
    say(visit, number, {"words": "Mijn woorden", "advises": "pass_over"})
    assert "Woorden van Ine" in visit.get(f"{HERE}/{number}").text
    assert "1 of 2 done" in visit.get(HERE).text
    ranking = site.visit(STAFF).get(f"{HERE}/ranking?lang=en").text
    assert ("Mean" in ranking, "1 × Declined" in ranking, "1 × Invited to pitch" in ranking) == (False, True, True)


def test_a_long_scale_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(monkeypatch, lambda rules: rules.replace("scale  = [1, 10]", "scale  = [0, 100]"))
    (number,) = before_the_jury(site, 1)
    cleared(site, number, FOURTH)
    visit = site.visit(FOURTH)
    page = visit.get(f"{HERE}/{number}").text
    assert 'name="mark_artistic" type="text"' in page
    assert "From 0 (weakest) to 100 (best)." in page
    assert say(visit, number, {"mark_artistic": "72,5"}).status_code == 303
    assert 'value="72.5"' in visit.get(f"{HERE}/{number}").text
    assert say(visit, number, {"mark_artistic": "100.01"}).status_code == 422
    assert say(visit, number, {"mark_artistic": "many"}).status_code == 422


def test_each_committee_has_its_own_dossiers_and_its_own_chair(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(monkeypatch, with_two_committees)
    site.cycle.add_person(
        ROUND, email=FOURTH, name="Sam Otto", language="en", role="board", chair=True, by=STAFF, now=site.now
    )
    site.cycle.remove_role(ROUND, email=FOURTH, role="jury", by=STAFF, now=site.now)
    (number,) = before_the_jury(site, 1)
    site.clock.instant = READING
    board, jury = site.visit(FOURTH), site.visit(CHAIR)
    assert board.get(f"{HERE}/{number}").status_code == 404
    assert board.get(f"{HERE}/ranking?state=in_preselection").status_code == 404
    assert board.get(f"{HERE}/{number}/verdict").status_code == 404
    assert jury.get(f"{HERE}/ranking?state=shortlisted").status_code == 404
    assert jury.get(f"{HERE}/ranking?state=in_preselection").status_code == 200


def test_a_decision_without_a_moment_moves_the_dossier_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(rules: str) -> str:
        start = rules.index("[transition.pass_over]")
        head, block, tail = rules[:start], *_split(rules[start:])
        for line in ("if_not ", "takes_effect", "release"):
            block = re.sub(rf"^{line}.*\n", "", block, flags=re.M)
        return head + block + tail

    site = a_site(monkeypatch, at_once)
    (number,) = before_the_jury(site, 1)
    cleared(site, number, CHAIR)
    site.cycle.recommend(ROUND, number, "Neen", by=CHAIR, now=site.now)
    visit = site.visit(CHAIR)
    page = visit.get(f"{HERE}/{number}/verdict?lang=en").text
    assert "It goes to “Declined” at once, and this cannot be taken back." in page
    answer: Any = visit.post(
        f"{HERE}/{number}/verdict", {"decision": "pass_over"}, on=f"{HERE}/{number}/verdict"
    )
    assert answer.status_code == 303
    with site.database.reading() as session:
        assert site.cycle.look(session, ROUND, site.now).dossier(number).state == "declined"


def _split(text: str) -> tuple[str, str]:
    block, gap, rest = text.partition("\n\n")
    return block + "\n", gap + rest
