"""Letters and words that change while a round runs; its rules and its dates do not."""

import threading

import pytest
from sqlmodel import select
from stage import CALL, MEMBER, STAFF, STAFF_2, Stage
from stage import applicant as address_of

from engine.cycle.rewording import NotReadable, Overtaken
from engine.database.records import CauseRow, JournalRow, PinnedRow, RewordingRow, RoundRow
from engine.errors import Refused
from engine.files.complaints import Complaint
from engine.files.reading import Programme

FILE = "letters/en/stopped.md"
NEW = "It is over\n\nThe house has closed.\n"


def nothing_is_wrong(_programme: Programme, _files: object) -> list[Complaint]:
    return []


def reword(stage: Stage, texts: dict[str, str | None], *, opened: str | None = None, by: str = STAFF,
           judge: object = nothing_is_wrong, now: int = CALL) -> str:  # fmt: skip
    return stage.cycle.reword(
        stage.key, texts, opened=opened or digest(stage), judge=judge, by=by, now=now  # type: ignore[arg-type]
    )  # fmt: skip


def digest(stage: Stage) -> str:
    [row] = stage.rows(RoundRow)
    assert isinstance(row, RoundRow)
    return row.digest


def files(stage: Stage) -> dict[str, str]:
    with stage.database.reading() as session:
        return dict(session.get_one(PinnedRow, digest(stage)).files)


def test_a_new_text_is_for_what_is_told_from_now_on(stage: Stage) -> None:
    stage.handed_in("anna", CALL)
    before = files(stage)
    after = reword(stage, {FILE: NEW}, now=CALL + 3)
    stage.handed_in("bert", CALL + 4)
    told = [row.digest for row in stage.rows(CauseRow) if row.name == "transition submit"]
    assert told == [stage.programme.digest, after]
    assert files(stage) == {**before, FILE: NEW}
    [row] = stage.rows(RewordingRow)
    assert (row.file, row.before, row.after, row.at) == (FILE, stage.programme.digest, after, CALL + 3)


def test_it_stands_in_the_journal_with_what_was_and_what_is(stage: Stage) -> None:
    before, after = digest(stage), reword(stage, {FILE: NEW})
    [entry] = [row for row in stage.rows(JournalRow) if row.what == "reworded"]
    assert (entry.actor, entry.details) == (
        STAFF, {"files": [FILE], "count": 1, "before": before, "after": after},
    )  # fmt: skip


def test_sent_twice_it_is_changed_once_and_the_first_text_can_come_back(stage: Stage) -> None:
    opened, was = digest(stage), files(stage)[FILE]
    once = reword(stage, {FILE: NEW}, opened=opened)
    assert reword(stage, {FILE: NEW.replace("\n", "\r\n")}, opened=opened) == once
    assert len(stage.rows(RewordingRow)) == 1
    assert reword(stage, {FILE: was}, now=CALL + 1) == opened
    assert (files(stage)[FILE], len(stage.rows(RewordingRow))) == (was, 2)


def test_whoever_is_second_is_told_and_overwrites_nothing(stage: Stage) -> None:
    opened = digest(stage)
    reword(stage, {FILE: NEW}, opened=opened)
    with pytest.raises(Overtaken, match=r"letters/en/stopped\.md was changed by somebody else") as overtaken:
        reword(stage, {FILE: "Mine\n\nMine\n"}, opened=opened, by=STAFF_2)
    assert (overtaken.value.files, files(stage)[FILE]) == ((FILE,), NEW)
    other = "letters/en/granted.md"
    reword(stage, {other: "Yes\n\nYes, indeed.\n"}, opened=opened, by=STAFF_2)  # nobody else has touched that one
    assert (files(stage)[FILE], files(stage)[other]) == (NEW, "Yes\n\nYes, indeed.\n")


OTHERS = (
    ("workflow.toml", "x"), ("rounds/2030.toml", "x"), ("letters/xx/stopped.md", NEW), ("../etc/passwd", "x"),
    ("words.en.toml", "x"), ("letters/en/../../x.md", NEW), (FILE, "x\n\n" + "y" * 100_001),
)  # fmt: skip


def test_rules_dates_and_strange_files_do_not_change(stage: Stage) -> None:
    before = digest(stage)
    for file, text in OTHERS:
        with pytest.raises(Refused) as refused:
            reword(stage, {file: text})
        assert ([one.code for one in refused.value.reasons], digest(stage)) == (["file"], before), file
    assert stage.rows(RewordingRow) == []


def test_what_is_wrong_with_it_is_said_and_nothing_is_kept(stage: Stage) -> None:
    def judge(programme: Programme, changed: object) -> list[Complaint]:
        return [Complaint(FILE, 3, None, None, f"{changed}: {programme.letters['en']['stopped'].strip()}")]

    with pytest.raises(NotReadable) as refused:
        reword(stage, {FILE: "a\n\nb"}, judge=judge)
    assert [str(one) for one in refused.value.complaints] == [f"{FILE}:3: ['{FILE}']: a\n\nb"]
    with pytest.raises(NotReadable, match='the letter "stopped" is not written'):
        reword(stage, {FILE: None})
    assert (digest(stage), len(stage.rows(PinnedRow)), stage.rows(RewordingRow)) == (stage.programme.digest, 1, [])


def test_only_staff_change_what_people_are_told(stage: Stage) -> None:
    for by in (MEMBER, address_of("anna")):
        stage.cycle.add_person(stage.key, email=by, name="X", language="en", role="everyone", by=STAFF, now=CALL)
        with pytest.raises(Refused, match="only programme staff may do this"):
            reword(stage, {FILE: NEW}, by=by)
    assert digest(stage) == stage.programme.digest


def test_signs_that_no_text_has_are_left_out(stage: Stage) -> None:
    reword(stage, {FILE: "It\x00 is\r\n\r\nover\x1b \ud800 \u202e  \n\n\n"})
    assert files(stage)[FILE] == "It is\n\nover  \u202e\n"


def test_of_two_at_the_same_time_one_is_told(stage: Stage) -> None:
    if not stage.database.is_shared:
        opened = digest(stage)
        outcomes = [_try(stage, f"{who}\n\n{who}\n", opened) for who in ("a", "b")]
    else:
        opened, outcomes, begin = digest(stage), [], threading.Barrier(2)

        def work(who: str) -> None:
            begin.wait()
            outcomes.append(_try(stage, f"{who}\n\n{who}\n", opened))

        workers = [threading.Thread(target=work, args=(who,)) for who in ("a", "b")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    with stage.database.reading() as session:
        written = session.exec(select(RewordingRow)).all()
    assert (sorted(outcomes), len(written)) == (["changed", "overtaken"], 1)


def _try(stage: Stage, text: str, opened: str) -> str:
    try:
        reword(stage, {FILE: text}, opened=opened)
    except Overtaken:
        return "overtaken"
    return "changed"
