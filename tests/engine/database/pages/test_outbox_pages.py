"""What pages ask of the outbox: by cause, without what somebody has a conflict with, in as many queries as ever."""

from dataclasses import replace

import pytest
from asked import counted
from sqlmodel import col, select
from stage import NOTICE, SECOND, STAFF, THIRD, Stage

from engine.database.pages.outbox import (
    GROUP_OF,
    Cause,
    Wanted,
    acts_of,
    cause_of,
    conditions,
    counts,
    first_of_each,
    letter,
    letters,
    on_one_day,
)
from engine.database.pages.wording import changed_files, last_writer, text_at, versions_of
from engine.database.records import CauseRow, ConflictRow, NotificationRow, RoundRow
from engine.database.store import find_person, the_id

EVERY = Wanted()


def acts(stage: Stage) -> tuple[str, ...]:
    return acts_of(stage.programme.workflow)


def person(stage: Stage, email: str) -> int:
    with stage.database.reading() as session:
        return the_id(find_person(session, email))


def round_id(stage: Stage) -> int:
    [row] = [row for row in stage.rows(RoundRow) if row.key == stage.key]
    return the_id(row)


def own(stage: Stage) -> list[NotificationRow]:
    return [row for row in stage.rows(NotificationRow) if row.round_id == round_id(stage)]


def shown_as(row: NotificationRow) -> str:
    """Where a letter stands; one that came back did not arrive, though it was sent."""
    return "came back" if row.bounced_at is not None else row.status


def test_every_letter_is_counted_once_in_one_question(played: Stage) -> None:
    number = round_id(played)
    with counted(played.database) as asked, played.database.reading() as session:
        found = counts(session, number, EVERY, acts(played))
    rows = own(played)
    assert (sum(one.number for one in found), len(asked)) == (len(rows), 1)
    statuses = {one.status for one in found}
    assert statuses == set(map(shown_as, rows))
    assert statuses <= GROUP_OF.keys()


def test_the_letters_of_a_cause_are_those_that_were_counted(played: Stage) -> None:
    number, by = round_id(played), person(played, STAFF)
    with played.database.reading() as session:
        told: dict[Cause, int] = {}
        for one in counts(session, number, EVERY, acts(played)):
            told[one.cause] = told.get(one.cause, 0) + one.number
        listed = {cause: letters(session, number, EVERY, by, cause, limit=1)[1] for cause in told}
        shown_as = {
            cause_of(cause, row.letter, acts(played))
            for row, cause in session.exec(
                select(NotificationRow, CauseRow)
                .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
                .where(col(NotificationRow.round_id) == number)
            ).all()
        }
    assert (listed, shown_as) == (told, set(told))


@pytest.mark.parametrize("group", ["held", "failed", "open", "sent", "cancelled", "expired"])
def test_what_is_wanted_is_found(played: Stage, group: str) -> None:
    number, by = round_id(played), person(played, STAFF)
    with played.database.reading() as session:
        found, total, hidden = letters(session, number, Wanted(status=group), by, limit=1_000)
    assert sorted(line.id for line in found) == sorted(
        row.id or 0 for row in own(played) if GROUP_OF[shown_as(row)] == group
    )  # fmt: skip
    assert (total, hidden) == (len(found), 0)


def test_people_are_found_by_part_of_a_name_or_an_address_and_signs_are_only_signs(played: Stage) -> None:
    number, by = round_id(played), person(played, STAFF)

    def found(**wanted: str) -> int:
        with played.database.reading() as session:
            return letters(session, number, Wanted(**wanted), by)[1]

    assert found(person="ANNA@") == sum(row.address.startswith("anna@") for row in own(played)) > 0
    assert (found(person="%"), found(person="_"), found(dossier="SG30"), found(letter="x' OR 1=1 --")) == (0, 0, 0, 0)
    assert found(dossier="SG30-001") == sum(
        row.facts.get("dossier", {}).get("number") == "SG30-001" for row in own(played)
    )  # fmt: skip


def test_whoever_has_a_conflict_is_told_how_many_they_do_not_see(played: Stage) -> None:
    by, number = person(played, THIRD), round_id(played)  # she has one with SG30-002
    tied = {row.dossier_id for row in played.rows(ConflictRow) if row.person_id == by}
    about = [row for row in own(played) if row.dossier_id in tied]
    with played.database.reading() as session:
        shown, total, hidden = letters(session, number, EVERY, by, limit=1_000)
        single = letter(session, number, about[0].id or 0, by, acts(played), EVERY)
    assert (hidden, total + hidden, single) == (len(about), len(own(played)), None)
    assert "SG30-002" not in {line.dossier for line in shown}


def test_a_letter_knows_its_neighbours_of_the_same_cause(played: Stage) -> None:
    by, number = person(played, STAFF), round_id(played)
    with counted(played.database) as asked, played.database.reading() as session:
        page, total, _ = letters(session, number, EVERY, by, limit=1_000)
        several = next(
            [line for line in page if line.letter == name]
            for name in ("received", "granted-list", "unfinished")
            if sum(line.letter == name for line in page) > 1
        )
        asked.clear()
        found = letter(session, number, several[0].id, by, acts(played), EVERY)
        questions = len(asked)
        assert found is not None
        follow = found.following
        after = letter(session, number, follow or 0, by, acts(played), EVERY)
    assert after is not None
    assert (found.previous, after.previous, after.place, found.place + 1) == (
        None, found.line.id, found.place + 1, after.place,
    )  # fmt: skip
    assert (questions <= 7, total > len(several)) == (True, True)


def test_who_gets_several_letters_on_one_day_is_found(played: Stage) -> None:
    number = round_id(played)
    day = (NOTICE - 12 * 3600 * SECOND, NOTICE + 12 * 3600 * SECOND)
    told: dict[str, int] = {}
    for row in own(played):
        if day[0] <= row.leaves_at < day[1] and row.status not in ("cancelled", "failed", "expired"):
            told[row.address] = told.get(row.address, 0) + 1
    with played.database.reading() as session:
        found = on_one_day(session, number, conditions(number, EVERY), *day, limit=100)
    assert dict(found) == {address: times for address, times in told.items() if times > 1}


def test_one_letter_of_each_language_and_role_stands_for_those_that_wait(played: Stage) -> None:
    number = round_id(played)
    waiting = [row for row in own(played) if row.status in ("waiting", "held", "retry", "leased")]
    with played.database.reading() as session:
        for name in {row.letter for row in waiting}:
            cause = session.get_one(CauseRow, next(row.cause_id for row in waiting if row.letter == name))
            found = first_of_each(session, number, replace(cause_of(cause, name, acts(played)), at=None))
            kinds = {(row.language, row.role) for row in waiting if row.letter == name}
            assert {(row.language, row.role) for row in found} == kinds


def test_the_texts_that_a_letter_had_are_found_newest_first(played: Stage) -> None:
    file = "letters/en/stopped.md"
    with played.database.reading() as session:
        row = session.exec(select(RoundRow).where(col(RoundRow.key) == played.key)).one()
        changed = changed_files(session, the_id(row))
        versions = versions_of(session, row, file)
        texts = [text_at(session, version.digest, file) for version in versions]
        by = last_writer(session, the_id(row), file)
        none = versions_of(session, row, "letters/en/granted.md")
    assert ([*changed], changed[file].times, by) == ([file], 2, STAFF)
    assert texts == ["Stop\n\nIt is over now.\n", "Stop\n\nIt is over.\n", played.programme.files[file]]
    assert [version.by for version in versions][-1] is None
    assert [(one.digest, one.by) for one in none] == [(row.digest, None)]


