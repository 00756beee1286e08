"""The outbox in the browser: by cause, each letter as its reader gets it, and what staff do with it."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
from databases import BOTH, fresh_on
from post_office import (
    HERE,
    OUTBOX,
    READING,
    RECEIVED,
    Relay,
    cause_form,
    hidden,
    letters,
    post,
    status_of,
    three,
    three_again,
    words_in,
)
from visiting import CHAIR, MEMBER, ROUND, STAFF, Site, at, put_round

from engine.cycle.batches import held
from engine.database.records import JournalRow, LetterRow

SECOND = "jan@impuls.example"


@pytest.fixture(params=BOTH)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Three dossiers, handed in; their letters wait."""
    if request.param == "sqlite":
        yield three_again()
        return
    with fresh_on(request.param) as database:
        yield three(database)


@pytest.fixture
def small() -> Site:
    """The same on SQLite."""
    return three_again()


def path_of(site: Site, place: int = 0, name: str = "submission-received") -> str:
    return f"{OUTBOX}/{letters(site, name)[place].id}"


def noted(site: Site) -> list[tuple[str, dict[str, object]]]:
    with site.database.reading() as session:
        rows = session.execute(sa.select(JournalRow).where(JournalRow.what.like("letter%"))).scalars()  # type: ignore[attr-defined]
        return [(row.what, row.details) for row in rows]


def test_letters_stand_by_cause_with_their_languages_and_how_far_they_are(small: Site) -> None:
    visit = small.visit(STAFF)
    page = words_in(visit.get(OUTBOX))
    assert "All 3 Held 0 Failed 0 On the way 3" in page
    assert "Submitted submission-received Tuesday 15 January 2019, 10:00 (Brussels) 3 nl 3 On the way 3" in page
    post(small, Relay(small, {"an2@brug.example": "550 5.1.1 unknown"}))
    small.clock.instant = READING
    small.cycle.advance(small.now)
    page = words_in(small.visit(STAFF).get(OUTBOX))
    assert "Submitted submission-received Tuesday 15 January 2019, 10:00 (Brussels) 3 nl 3 Failed 1 Sent 2" in page
    assert "By itself: In preselection dossiers-to-read 9 Mar 2019, 10:00 4 en 1 fr 1 nl 2 On the way 4" in page


def test_what_is_wanted_stands_in_the_address(small: Site) -> None:
    post(small, Relay(small, {"an2@brug.example": "550 5.1.1 unknown"}))
    visit = small.visit(STAFF)
    told = {
        "?status=failed": "1 nl 1 Failed 1", "?person=AN3": "1 nl 1 Sent 1", "?dossier=CI19-001": "1 nl 1 Sent 1",
        "?language=fr": "No letter is like this.", "?letter=nothing": "No letter is like this.",
        "?status=nonsense": "3 nl 3 Failed 1 Sent 2", "?dossier=%00&person=%25": "No letter is like this.",
        "?person=_n3": "No letter is like this.", "?letter=%00": "3 nl 3 Failed 1 Sent 2",
    }  # fmt: skip
    pages = {query: words_in(visit.get(OUTBOX + query)) for query in told}
    assert [query for query, words in told.items() if words not in pages[query]] == []


def test_what_leaves_at_a_later_moment_is_scheduled(small: Site) -> None:
    post(small)
    small.clock.instant = at("2019-03-02 00:01")
    small.cycle.advance(small.now)  # what happens at midnight is told in the morning
    visit = small.visit(STAFF)
    assert "By itself: In preselection in-preselection 2 Mar 2019, 09:00 3 nl 3 Scheduled 3" in words_in(
        visit.get(f"{OUTBOX}?status=scheduled")
    )
    page = words_in(visit.get(f"{OUTBOX}?status=open"))
    assert ("Scheduled 7" in page, "No letter is like this." in page) == (True, True)
    assert "leaves 2 Mar 2019, 09:00" in words_in(visit.get(path_of(small, 0, "in-preselection")))


def test_an_outbox_without_letters_says_when_there_will_be_some() -> None:
    with fresh_on("sqlite") as database:
        put_round(database)
        page = Site(database).visit(STAFF).get(OUTBOX)
    assert "No letter has been written yet. As soon as somebody hands a dossier in" in words_in(page)


def test_a_letter_is_shown_as_its_reader_gets_it_and_why(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    page, frame = visit.get(path), visit.get(f"{path}/page")
    words = words_in(page)
    assert f'<iframe class="frame" src="{path}/page" title="We ontvingen uw dossier CI19-001" sandbox>' in page.text
    assert (frame.headers["content-security-policy"].split(";")[0], "We ontvingen uw dossier" in frame.text) == (
        "sandbox", True,
    )  # fmt: skip
    assert "Rule: [transition.submit] workflow.toml, line 113" in words
    assert "Text: letters/nl/submission-received.md as it stands now" in words
    assert "1 of 3 Next reader →" in words
    assert "Date Tue, 15 Jan 2019" in words_in(visit.get(f"{path}?view=headers"))
    assert "Dossier CI19-001" in words_in(visit.get(f"{path}?view=text"))
    assert "prefers-color-scheme" not in visit.get(f"{path}/page?view=dark").text
    assert "@media all" in visit.get(f"{path}/page?view=dark").text


def test_what_is_shown_before_a_letter_leaves_is_what_then_leaves(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    before = visit.get(f"{path}/raw").content
    post(small)
    with small.database.reading() as session:
        kept = session.get_one(LetterRow, letters(small)[0].id).raw
    assert (before, visit.get(f"{path}/raw").content) == (kept, kept)


def test_the_next_reader_is_of_the_same_cause_and_the_same_filter(small: Site) -> None:
    visit = small.visit(STAFF)
    post(small, Relay(small, {"an1@brug.example": "550 no", "an3@brug.example": "550 no"}))
    first, _, third = (str(row.id) for row in letters(small))
    page = visit.get(f"{OUTBOX}/{first}?status=failed&view=text").text
    assert f'rel="next" href="{OUTBOX}/{third}?status=failed&amp;view=text"' in page


def test_a_letter_is_held_let_go_skipped_and_told_about(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    assert visit.post(path, {"do": "hold"}, on=path).status_code == 303
    assert "1 held" in visit.get(OUTBOX).text
    post(small)
    assert status_of(small) == ["held", "sent", "sent"]
    assert "Say why this letter is skipped" in words_in(visit.post(path, {"do": "skip"}, on=path))
    assert visit.post(path, {"do": "skip", "reason": "withdrawn  by\r\nphone"}, on=path).status_code == 303
    assert "cancelled by els@impuls.example: withdrawn by phone" in words_in(visit.get(path))
    assert [what for what, _ in noted(small)] == ["letter held", "letter cancelled"]


def test_what_has_become_of_a_letter_meanwhile_is_said_and_nothing_changes(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    form = visit.csrf(path)
    post(small)
    answer = visit.post(path, {"do": "hold", "csrf": form})
    assert answer.status_code == 409
    assert "Nothing was changed. Meanwhile this letter: sent 15 Jan 2019, 10:00." in words_in(answer)
    assert (status_of(small), noted(small)) == (["sent"] * 3, [])


def test_all_letters_of_a_cause_are_held_and_let_go(site: Site) -> None:
    visit = site.visit(STAFF)
    page = visit.get(RECEIVED)
    assert visit.post(RECEIVED, cause_form(page, "hold"), on=RECEIVED).status_code == 303
    site.handed_in("late@brug.example", "De Brug 4")
    post(site)
    assert status_of(site) == ["held", "held", "held", "sent"]
    page = visit.get(RECEIVED)
    assert "3 letters are held." in words_in(page)
    assert visit.post(RECEIVED, cause_form(page, "let go"), on=RECEIVED).status_code == 303
    post(site)
    assert status_of(site) == ["sent"] * 4
    again = visit.post(RECEIVED, cause_form(page, "let go"), on=RECEIVED)
    assert (again.status_code, "these letters have left meanwhile" in words_in(again)) == (409, True)
    assert [what for what, _ in noted(site)] == ["letters held", "letters let go"]


def test_letters_that_nobody_has_looked_at_are_not_let_go_with_the_others(small: Site) -> None:
    visit = small.visit(STAFF)
    visit.post(RECEIVED, cause_form(visit.get(RECEIVED), "hold"), on=RECEIVED)
    form = cause_form(visit.get(RECEIVED), "let go")
    small.handed_in("late@brug.example", "De Brug 4")
    visit.post(path_of(small, 3), {"do": "hold"}, on=path_of(small, 3))
    visit.post(RECEIVED, form, on=RECEIVED)
    assert status_of(small) == ["waiting", "waiting", "waiting", "held"]


def test_many_are_skipped_only_with_a_reason(small: Site) -> None:
    visit = small.visit(STAFF)
    form = cause_form(visit.get(RECEIVED), "skip")
    answer = visit.post(RECEIVED, form, on=RECEIVED)
    assert (answer.status_code, status_of(small)) == (422, ["waiting"] * 3)
    assert visit.post(RECEIVED, {**form, "reason": "sent by hand"}, on=RECEIVED).status_code == 303
    assert status_of(small) == ["cancelled"] * 3


ANSWERS = {
    "550 5.1.1 <x>: Recipient address rejected: User unknown": "There is no such address",
    "550 No such user here": "There is no such address",
    "550 5.1.2 Domain not found": "What stands behind the @ takes no mail",
    "552 5.2.2 Over quota": "The mailbox is full",
    "550 5.2.1 Mailbox disabled": "The mailbox takes no mail",
    "552 5.3.4 Message size exceeds limit": "The letter is too big for them",
    "554 5.7.1 Message rejected as spam": "Their mail server refused it as unwanted",
    "535 5.7.8 Authentication failed": "Our own mail server does not let us in",
    "451 4.3.0 Try again later": "Their mail server was not ready",
    "599 Something else": "Their mail server did not take it",
}


def test_what_a_mail_server_said_is_told_in_plain_words_and_kept(small: Site) -> None:
    visit, path, told = small.visit(STAFF), path_of(small), {}
    for said in ANSWERS:
        post(small, Relay(small, {"an1@brug.example": said}))
        words = words_in(visit.get(path))
        told[said] = next((title for title in ANSWERS.values() if title in words and said in words), "")
        visit.post(path, {"do": "retry"}, on=path)
    assert told == ANSWERS


def test_all_that_failed_are_retried_and_a_wrong_address_is_put_right(site: Site) -> None:
    visit = site.visit(STAFF)
    post(site, Relay(site, {f"an{place}@brug.example": "550 5.1.1 unknown" for place in (1, 2, 3)}))
    assert "Retry all 3 that failed" in words_in(visit.get(RECEIVED))
    path = path_of(site)
    answer = visit.post(path, {"do": "address", "address": "not one"}, on=path)
    assert (answer.status_code, "“not one” is not an address" in words_in(answer)) == (422, True)
    moved = visit.post(path, {"do": "address", "address": "an@right.example"}, on=path)
    twice = visit.post(path, {"do": "address", "address": "an@right.example"}, on=path)
    assert moved.headers["location"] == twice.headers["location"] != path
    assert visit.post(RECEIVED, cause_form(visit.get(RECEIVED), "retry"), on=RECEIVED).status_code == 303
    box = post(site)
    assert sorted(one.recipient for one in box.letters) == ["an2@brug.example", "an3@brug.example", "an@right.example"]
    assert status_of(site) == ["failed", "sent", "sent", "sent"]


def test_a_test_goes_to_whoever_asks_once(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    form = {"do": "test", "once": hidden(visit.get(path), "once")}
    for _ in range(2):
        assert visit.post(path, form, on=path).status_code == 303
    box = post(small)
    tests = [one for one in box.letters if one.recipient == STAFF]
    assert len(tests) == 1
    assert message_from_bytes(tests[0].raw, policy=default)["Subject"] == "[Proef] We ontvingen uw dossier CI19-001"


def test_one_letter_is_written_by_hand_and_no_other(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    edit = f"{path}/edit"
    assert "Uw dossier is goed aangekomen." in words_in(visit.get(edit))
    frame = visit.post(f"{edit}/preview", {"subject": "Dag", "body": "Een **eigen** <script>woord</script>"}, on=edit)
    assert ("<strong" in frame.text, "<script" in frame.text) == (True, False)
    assert frame.headers["content-security-policy"].startswith("sandbox;")
    wrong = visit.post(edit, {"subject": " ", "body": "Een eigen woord"}, on=edit)
    assert (wrong.status_code, "Een eigen woord" in wrong.text) == (422, True)
    assert visit.post(edit, {"subject": "Dag", "body": "Een *eigen* woord"}, on=edit).status_code == 303
    assert "written by hand" in words_in(visit.get(path))
    assert "We ontvingen uw dossier" in visit.get(f"{path}/original").text
    box = post(small)
    assert sum("eigen</em> woord" in one.raw.decode() for one in box.letters) == 1
    late = visit.post(edit, {"subject": "Te", "body": "laat"}, on=path)
    assert (late.status_code, "Meanwhile this letter: sent" in words_in(late)) == (409, True)


def test_a_link_that_leads_nowhere_is_refused_where_it_stands(small: Site) -> None:
    visit, edit = small.visit(STAFF), f"{path_of(small)}/edit"
    answer = visit.post(edit, {"subject": "Dag", "body": "[hier](http://plain.example)"}, on=edit)
    assert (answer.status_code, 'the link "http://plain.example" leads nowhere from a mail' in words_in(answer)) == (
        422, True,
    )  # fmt: skip


NAUGHTY = ("<img src=x onerror=alert(1)>", "{{ 7*7 }}", "\u202etxt.exe", "a\x00b", "=cmd()")


def test_naughty_texts_are_only_texts(small: Site) -> None:
    visit, path = small.visit(STAFF), path_of(small)
    for text in NAUGHTY:
        assert visit.post(f"{path}/edit", {"subject": text, "body": text}, on=f"{path}/edit").status_code == 303, text
        pages = [visit.get(address).text for address in (path, f"{path}/edit", f"{path}/page", RECEIVED)]
        assert [one for one in pages if "<img src=x" in one or ">49<" in one or "\x00" in one] == []
    visit.post(path, {"do": "skip", "reason": NAUGHTY[0]}, on=path)
    assert "<img src=x" not in visit.get(path).text


def test_letters_about_a_dossier_in_conflict_are_counted_and_not_shown(site: Site) -> None:
    with site.database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO conflict (dossier_id, person_id, declared_at) SELECT d.id, p.id, 0 FROM dossier d, person p "
            f"WHERE d.number = 'CI19-001' AND p.email = '{STAFF}'"
        )
    visit = site.visit(STAFF)
    words, path = words_in(visit.get(RECEIVED)), path_of(site)
    assert ("an1@brug.example" in words, "1 letter more tells of a dossier" in words) == (False, True)
    assert [visit.get(path + tail).status_code for tail in ("", "/page", "/raw", "/edit", "/original")] == [404] * 5
    assert visit.post(path, {"do": "hold"}).status_code == 404
    visit.post(RECEIVED, cause_form(visit.get(RECEIVED), "hold"), on=RECEIVED)
    assert status_of(site) == ["waiting", "held", "held"]


def test_what_belongs_to_another_round_or_is_no_number_is_not_there(small: Site) -> None:
    visit = small.visit(STAFF)
    paths = ("0", "999999", "1e3", "-1", "٣", "1" * 30, "cause?cause=nothing&of=nothing", "cause", "batch?batch=none")
    assert [visit.get(f"{OUTBOX}/{path}").status_code for path in paths] == [404] * len(paths)


def test_only_the_staff_of_the_round_come_in(small: Site) -> None:
    assert [small.visit(who).get(OUTBOX).status_code for who in (CHAIR, MEMBER)] == [404, 404]


# ── What is approved as a whole ─────────────────────────────────────────────


def decided(site: Site) -> None:
    """Verdicts stand for the day on which people hear of the preselection."""
    site.clock.instant = READING
    site.cycle.advance(site.now)
    for number, decision in (("CI19-001", "shortlist"), ("CI19-002", "pass_over")):
        for member in (CHAIR, MEMBER):
            site.cycle.declare_clear(ROUND, number, by=member, now=site.now)
        site.cycle.recommend(ROUND, number, "Ga zo voort.", by=MEMBER, now=site.now, advises="shortlist")
        site.cycle.verdict(ROUND, number, decision, by=CHAIR, now=site.now)


BATCH = f"{OUTBOX}/batch?batch=recommendations+opens"


def test_the_letters_of_a_batch_are_read_before_it_is_approved_and_then_go(site: Site) -> None:
    decided(site)
    visit = site.visit(STAFF)
    assert "2 moves wait for approval, with their letters. Approved 0 of 1 times." in words_in(visit.get(OUTBOX))
    page = visit.get(BATCH)
    assert "2 moves 6 letters Approved 0 of 1 times" in words_in(page)
    frames = [visit.get(f"{OUTBOX}/batch/page?batch=recommendations+opens&place={place}").text for place in range(1, 7)]
    assert sum("Ga zo voort." in frame for frame in frames) == 2
    before = len(letters(site, "invited-to-pitch"))
    form = {"do": "approve", "batch": "recommendations opens", "digest": hidden(page, "digest")}
    assert visit.post(f"{OUTBOX}/batch", form, on=BATCH).status_code == 303
    assert (before, "Approved; it goes at its moment." in words_in(visit.get(OUTBOX))) == (0, True)
    assert visit.post(f"{OUTBOX}/batch", {**form, "do": "take back"}, on=BATCH).status_code == 303
    assert "Approved 0 of 1 times" in words_in(visit.get(OUTBOX))


def test_a_batch_that_has_changed_since_it_was_read_is_not_approved(small: Site) -> None:
    decided(small)
    visit = small.visit(STAFF)
    form = {"do": "approve", "batch": "recommendations opens", "digest": hidden(visit.get(BATCH), "digest")}
    small.cycle.verdict(ROUND, "CI19-002", "shortlist", by=CHAIR, now=small.now)
    answer = visit.post(f"{OUTBOX}/batch", form, on=BATCH)
    assert (answer.status_code, "The batch has changed since you looked." in words_in(answer)) == (409, True)
    assert "Approved 0 of 1 times" in words_in(visit.get(OUTBOX))


def test_a_letter_that_cannot_be_written_keeps_its_batch_from_being_approved(small: Site) -> None:
    decided(small)
    with small.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE person SET email = 'an1' WHERE email = 'an1@brug.example'")
    visit = small.visit(STAFF)
    page = visit.get(BATCH)
    assert "These addresses are none: an1" in words_in(page)
    with small.database.reading() as session:
        digest = held(small.cycle.look(session, ROUND, small.now), "recommendations opens").digest
    form = {"do": "approve", "batch": "recommendations opens", "digest": digest}
    answer = visit.post(f"{OUTBOX}/batch", form, on=BATCH)
    assert (answer.status_code, "Approved 0 of 1 times" in words_in(visit.get(OUTBOX))) == (409, True)


def test_held_letters_that_cannot_be_written_are_not_let_go(small: Site) -> None:
    visit = small.visit(STAFF)
    visit.post(RECEIVED, cause_form(visit.get(RECEIVED), "hold"), on=RECEIVED)
    with small.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE notification SET facts = '{}' WHERE dossier_id IS NOT NULL")
    page = visit.get(f"{HERE}/outbox")
    assert page.status_code == 200
    answer = visit.post(RECEIVED, cause_form(visit.get(RECEIVED), "let go"), on=RECEIVED)
    assert (answer.status_code, status_of(small)) == (409, ["held"] * 3)


# ── What can still be undone ────────────────────────────────────────────────

MINUTE = 60_000_000


def test_letters_of_an_act_that_can_be_undone_leave_no_sooner_however_they_are_changed(small: Site) -> None:
    """Held, let go, sent to another address: they wait as long, and are gone when the act is undone."""
    numbers = ["CI19-001", "CI19-002"]
    post(small)
    small.clock.instant = at("2019-09-02 10:00")
    small.cycle.advance(small.now)
    with small.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE dossier SET state = 'in_rollout'")
    act = small.cycle.move(ROUND, numbers, "stop", by=STAFF, now=small.now, undo_for=10 * MINUTE, reason="Gestopt.")
    visit = small.visit(STAFF)
    first, second = (f"{OUTBOX}/{row.id}" for row in letters(small, "stopped"))
    visit.post(first, {"do": "hold"}, on=first)
    visit.post(first, {"do": "retry"}, on=first)
    visit.post(second, {"do": "address", "address": "an@right.example"}, on=second)
    box = post(small)
    assert [one.recipient for one in box.letters if "stopgezet" in one.raw.decode()] == []
    assert status_of(small, "stopped") == ["waiting", "cancelled", "waiting"]
    small.cycle.undo(ROUND, act, by=STAFF, now=small.now + MINUTE)
    assert status_of(small, "stopped") == ["cancelled"] * 3
