"""The board and the table show what there is, say what they cannot make sense of, and lead on."""

import re
from html import unescape

import pytest
from full_round import HERE, hand_in, mark, put_dossier
from visiting import CALL, CHAIR, MEMBER, ROUND, STAFF, Site, prepared

from engine.database.access import saved_views
from engine.database.store import find_person, the_id

TABLE = f"{HERE}/dossiers"
NUMBER = re.compile(r'name="number" value="(CI19-\d+)"')
LINK = re.compile(r'<a[^>]* href="([^"]+)"[^>]*>')


def numbers(page: str) -> list[str]:
    """The dossiers that can be chosen on a page, in its order."""
    return NUMBER.findall(page)


def pile(page: str, title: str) -> str:
    """One column of the board."""
    return next(one for one in page.split('<section class="pile')[1:] if f">{title} <" in one)


# ── The board ────────────────────────────────────────────────────────────────


def test_a_column_says_how_many_what_they_ask_when_it_moves_and_what_it_waits_for(full: Site) -> None:
    page = full.visit(STAFF).get(HERE)
    assert page.status_code == 200
    column = pile(page.text, "In preselection")
    assert '<span class="count-of">12</span>' in column
    assert "€226,500" in column
    assert "Verdicts take effect Sun 31 Mar, 09:00" in column
    assert "18 of 47 scores in" in column  # one of four members has a conflict with one dossier
    assert "3 of 12 places" in column
    assert len(numbers(column)) == 8
    assert "Show the other 4" in column
    assert unescape(LINK.findall(column)[-1]) == f"{TABLE}?state=in_preselection"
    assert numbers(column) == [*dict.fromkeys(numbers(column))]


def test_a_card_says_only_what_is_out_of_the_ordinary(full: Site) -> None:
    page = full.visit(STAFF).get(HERE).text
    third = page.partition('value="CI19-003"')[2].partition("</li>")[0]
    assert "Lees mee! Een taalbuddy voor nieuwkomers" in third
    assert '<h3 lang="nl">' in third
    assert "€14,500" in third
    assert "1 conflict" in third
    assert "3 of 3 scores in" in third
    first = page.partition('value="CI19-001"')[2].partition("</li>")[0]
    assert "chip" not in first
    assert "1 of 4 scores in" in first


def test_drafts_and_ends_are_rails_that_lead_to_the_table(full: Site) -> None:
    page = full.visit(STAFF).get(HERE).text
    rails = re.findall(r'<a class="rail" href="([^"]+)"><b>(\d+)</b><span>([^<]+)</span>', page)
    assert rails == [
        (f"{TABLE}?state=draft", "1", "Draft"), (f"{TABLE}?state=completed", "1", "Completed"),
        (f"{TABLE}?state=declined", "4", "Declined"), (f"{TABLE}?state=lapsed", "1", "Not submitted"),
    ]  # fmt: skip


def test_a_filter_is_told_and_taken_away_by_a_link(full: Site) -> None:
    visit = full.visit(STAFF)
    page = visit.get(f"{HERE}?only=conflict&language=nl")
    assert numbers(page.text) == ["CI19-003"]
    taken = [unescape(one) for one in re.findall(r'class="filter chosen" href="([^"]+)"', page.text)]
    assert taken == [f"{HERE}?language=nl", f"{HERE}?only=conflict"]
    assert "CI19-003" in visit.get(taken[1]).text


def test_a_filter_that_matches_nothing_says_so_and_offers_to_clear_it(full: Site) -> None:
    for path in (HERE, TABLE):
        page = full.visit(STAFF).get(f"{path}?only=late&organisation=nobody")
        assert page.status_code == 200
        assert "No dossier matches." in page.text
        assert 'href="?all=1"' in page.text


@pytest.mark.parametrize("path", [HERE, TABLE])
def test_a_filter_that_means_nothing_is_a_sentence_and_the_rest_of_it_holds(full: Site, path: str) -> None:
    nonsense = "state=nowhere&only=everything&amount_from=a+lot&sort=colour&columns=shoe,title&page=99999999"
    page = full.visit(STAFF).get(f"{path}?{nonsense}&state=declined")
    assert page.status_code == 200
    said = unescape(page.text)
    for sentence in (
        "State: there is no “nowhere” in this round, and it was left out.",
        "Shown: there is no “everything” in this round, and it was left out.",
        "“a lot” is not an amount, and was left out: write for example 45000.",
        "Order: there is no “colour” in this round, and it was left out.",
        "Columns: there is no “shoe” in this round, and it was left out.",
    ):
        assert sentence in said
    shown = len(numbers(page.text)) if path == TABLE else int(re.findall(r"<b>(\d+)</b><span>Declined", said)[0])
    assert shown == 4


def test_an_empty_round_says_when_something_will_be_there() -> None:
    site = Site(prepared("sqlite://"), CALL - 40 * 86_400_000_000)
    for path, sentence in ((HERE, "The call opens"), (TABLE, "Dossiers stand here as soon as somebody begins one.")):
        page = site.visit(STAFF).get(path)
        assert page.status_code == 200
        assert sentence in page.text
    site.database.close()


# ── The table ────────────────────────────────────────────────────────────────


def test_the_table_has_the_columns_that_were_chosen_and_keeps_them_in_its_links(full: Site) -> None:
    page = full.visit(STAFF).get(f"{TABLE}?columns=title&columns=spread,contact").text
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a href="([^"]+)">)?([A-Z][a-z]+)', page)
    assert [label for _, label in heads] == ["Number", "Title", "Spread", "Contact"]
    assert unescape(heads[2][0]) == f"{TABLE}?sort=-spread&columns=title%2Cspread%2Ccontact"
    assert "indiener0@huis.example" in page


def test_heads_put_the_table_in_order_and_turn_it_round(full: Site) -> None:
    visit = full.visit(STAFF)
    by_amount = visit.get(f"{TABLE}?sort=-amount&state=in_preselection").text
    assert numbers(by_amount)[:2] == ["CI19-012", "CI19-011"]
    assert 'aria-sort="descending"' in by_amount
    assert numbers(visit.get(f"{TABLE}?sort=amount&state=in_preselection").text) == numbers(by_amount)[::-1]


def test_the_last_row_adds_up_all_that_match_not_what_the_page_shows(full: Site) -> None:
    for place in range(200, 245):
        put_dossier(full, place, state="declined")
    page = full.visit(STAFF).get(f"{TABLE}?page=2")
    assert "All 71" in page.text
    assert len(numbers(page.text)) == 21
    assert "€266,750" in page.text.partition("<tfoot>")[2]
    assert "Page 2 of 2" in page.text
    assert "Select all 71 that match, on every page" in page.text


def test_what_is_done_to_all_that_match_is_sent_with_the_filter(full: Site) -> None:
    page = full.visit(STAFF).get(f"{TABLE}?state=declined&state=draft&sort=-amount").text
    form = page.partition(f'action="{HERE}/act"')[2].partition("</form>")[0]
    assert 'name="csrf"' in form
    assert unescape(re.findall(r'name="query" value="([^"]*)"', form)[0]) == "state=draft&state=declined&sort=-amount"
    assert len(numbers(form)) == 5


def test_what_happens_meanwhile_is_in_the_next_page(full: Site) -> None:
    visit = full.visit(STAFF)
    assert "18 of 47 scores in" in visit.get(HERE).text
    mark(full, "CI19-012", CHAIR, 9)
    assert "19 of 47 scores in" in visit.get(HERE).text
    mark(full, "CI19-012", MEMBER, 10)
    row = visit.get(TABLE).text.partition('value="CI19-012"')[2].partition("</tr>")[0]
    assert "9.5" in row
    assert "2 of 4" in row


# ── Kept views ───────────────────────────────────────────────────────────────


def views_of(site: Site, email: str) -> list[tuple[str, str, str, bool]]:
    with site.database.reading() as session:
        person = find_person(session, email)
        assert person is not None
        found = saved_views.of_person(session, the_id(person), "cera-impuls")
        return [(one.name, one.page, one.query, one.is_start) for one in found]


def keep(site: Site, name: str, query: str, page: str = "table") -> object:
    visit = site.visit(STAFF)
    return visit.post(f"{HERE}/views", {"name": name, "page": page, "query": query}, on=TABLE)


def test_a_view_is_kept_shown_renamed_begun_with_and_taken_away(full: Site) -> None:
    visit = full.visit(STAFF)
    kept = keep(full, "  My   late ones ", "only=late&state=nowhere&sort=-amount&page=7")
    assert (kept.status_code, kept.headers["location"]) == (303, f"{TABLE}?only=late&sort=-amount")
    assert views_of(full, STAFF) == [("My late ones", "table", "only=late&sort=-amount", False)]
    assert f'href="{TABLE}?only=late&amp;sort=-amount"' in visit.get(HERE).text

    def change(do: str, **fields: str) -> object:
        return visit.post(f"{HERE}/views/change", {"view": "1", "do": do, **fields}, on=TABLE)

    change("rename", name="Late")
    assert [one[0] for one in views_of(full, STAFF)] == ["Late"]
    change("start")
    assert visit.get(HERE).headers["location"] == f"{TABLE}?only=late&sort=-amount"
    assert visit.get(f"{HERE}?all=1").status_code == 200  # the way back to all dossiers
    change("no start")
    assert visit.get(HERE).status_code == 200
    change("forget")
    assert views_of(full, STAFF) == []
    assert change("forget").status_code == 303  # twice does no more


def test_a_view_of_the_same_name_is_replaced_and_two_are_not_called_alike(full: Site) -> None:
    keep(full, "Mine", "only=late")
    keep(full, "Mine", "only=held", "board")
    keep(full, "Other", "")
    assert views_of(full, STAFF) == [("Mine", "board", "only=held", False), ("Other", "table", "", False)]
    visit = full.visit(STAFF)
    answer = visit.post(f"{HERE}/views/change", {"view": "2", "do": "rename", "name": "Mine"}, on=TABLE)
    assert answer.status_code == 409
    assert "You have a view of the name “Mine” already." in unescape(answer.text)
    assert keep(full, " ", "only=late").status_code == 409


def test_a_view_is_of_nobody_else(full: Site) -> None:
    full.cycle.add_person(ROUND, email="tim@impuls.example", name="Tim", language="en", role="staff", chair=False,
                          by=STAFF, now=full.now)  # fmt: skip
    keep(full, "Mine", "only=late")
    visit = full.visit("tim@impuls.example")
    assert "Mine" not in visit.get(HERE).text
    for do in ("rename", "start", "forget"):
        visit.post(f"{HERE}/views/change", {"view": "1", "do": do, "name": "Theirs"}, on=TABLE)
    assert views_of(full, STAFF) == [("Mine", "table", "only=late", False)]
    assert views_of(full, "tim@impuls.example") == []


# ── Search ───────────────────────────────────────────────────────────────────


def test_a_number_leads_to_its_dossier_whatever_is_written_large(full: Site) -> None:
    visit = full.visit(STAFF)
    for typed in ("CI19-003", " ci19-003 "):
        answer = visit.client.get("/staff/search", params={"q": typed})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/dossiers/CI19-003")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("taalbuddy", "CI19-003"), ("FORÊT", "CI19-009"), ("Forêt", "CI19-009"), ("terres comm", "CI19-002"),
     ("indiener4@", "CI19-005"), ("Indiener 11", "CI19-012"), ("100%", ""), ("'; drop", "")],
)  # fmt: skip
def test_a_word_finds_titles_organisations_and_people(full: Site, typed: str, found: str) -> None:
    page = full.visit(STAFF).client.get("/staff/search", params={"q": typed})
    assert page.status_code == 200
    rows = re.findall(r'<th scope="row"><a href="[^"]+">(CI19-\d+)', page.text)
    assert (found in rows) if found else rows == []
    assert ("No dossier of your rounds matches" in page.text) == (not rows)


def test_dossiers_handed_in_just_now_are_found(full: Site) -> None:
    full.clock.instant = CALL
    number = hand_in(full, 300)
    page = full.visit(STAFF).client.get("/staff/search", params={"q": "indiener300@"})
    assert number in page.text


def test_marks_are_wanted_of_those_who_are_asked_first(full: Site) -> None:
    """Of all members without a conflict, where nobody is asked before the others."""
    full.cycle.assign(
        ROUND, "jury", add=[("CI19-010", CHAIR), ("CI19-010", MEMBER), ("CI19-003", CHAIR)], by=STAFF, now=full.now,
    )  # fmt: skip
    page = full.visit(STAFF).get(HERE).text
    assert "18 of 45 scores in" in page  # two instead of four of 010; what three have marked is not wanted of one
    table = full.visit(STAFF).get(f"{TABLE}?q=CI19-01").text
    assert "0 of 2" in table.partition('value="CI19-010"')[2].partition("</tr>")[0]
    assert "0 of 4" in table.partition('value="CI19-011"')[2].partition("</tr>")[0]
