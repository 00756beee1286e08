"""Do notes stay among the staff and survive two hands, and is each message written once to all that it is for?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from stage import CALL, CHAIR, MEMBER, PDF, SENDER, STAFF, STAFF_2, Stage, applicant, at, refused

from engine.cycle import Cycle
from engine.cycle.messages import LONGEST_TEXT, Message, Words
from engine.database.connection import Database
from engine.database.records import CauseRow, NoteRow, NotificationRow
from engine.errors import Unknown
from notifications.outbox import Outbox

ANNA, BERT = applicant("anna"), applicant("bert")
HELLO = Message({"en": Words("Open day", "Come and **see** us.")})
NAUGHTY = "<b>{{ 7 * 7 }}</b> \u202e[x](javascript:alert(1)) ' OR 1=1 -- 🎻"


def note(stage: Stage, number: str, words: str = "They called.", *, by: str = STAFF, now: int = CALL) -> int:
    return stage.cycle.write_note(stage.key, number, words, by=by, now=now)


def message(stage: Stage, *numbers: str, of: Message = HELLO, by: str = STAFF, once: str | None = None) -> int:
    return stage.cycle.message(stage.key, numbers, of, by=by, now=CALL, once=once)


@contextmanager
def written(database: Database) -> Iterator[list[str]]:
    """The statements that change the database meanwhile, or look before they do."""
    sent: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(database.writer, "before_cursor_execute", listen)
    yield sent
    event.remove(database.writer, "before_cursor_execute", listen)


# ── Notes ────────────────────────────────────────────────────────────────────


def test_a_note_is_changed_and_removed_and_all_of_it_is_kept(stage: Stage) -> None:
    number = stage.draft()
    first = note(stage, number, f"  {NAUGHTY}  ")
    second = stage.cycle.replace_note(stage.key, number, first, "They wrote.", by=STAFF_2, now=CALL + 1)
    stage.cycle.remove_note(stage.key, number, second, by=STAFF, now=CALL + 2)
    staff, other = stage.person_id(STAFF), stage.person_id(STAFF_2)
    assert [
        (row.words, row.written_at, row.written_by, row.replaces, row.ended_at, row.ended_by, row.ending)
        for row in stage.rows(NoteRow)
    ] == [
        (NAUGHTY, CALL, staff, None, CALL + 1, other, "replaced"),
        ("They wrote.", CALL + 1, other, first, CALL + 2, staff, "removed"),
    ]
    acts = ("note written", "note replaced", "note removed")
    assert [stage.journal(what)[0].details["note"] for what in acts] == [first, second, second]
    assert not any("wrote" in str(row.details) for row in stage.journal("note replaced"))


def test_whoever_changes_a_note_second_is_told_and_overwrites_nothing(stage: Stage) -> None:
    number = stage.draft()
    first = note(stage, number)
    second = stage.cycle.replace_note(stage.key, number, first, "They wrote.", by=STAFF_2, now=CALL + 1)
    before = stage.dump()
    with refused("changed") as sentences:
        stage.cycle.replace_note(stage.key, number, first, "Nobody called.", by=STAFF, now=CALL + 2)
    assert sentences == [f"{STAFF_2} has replaced this note meanwhile: look at it again"]
    with refused("changed"):
        stage.cycle.remove_note(stage.key, number, first, by=STAFF, now=CALL + 2)
    assert stage.cycle.replace_note(stage.key, number, second, "They wrote.", by=STAFF, now=CALL + 3) == second
    assert stage.dump() == before


def test_notes_are_for_staff_who_have_nothing_to_do_with_the_dossier(stage: Stage) -> None:
    number, other = stage.draft(), stage.draft("bert")
    of = note(stage, number)
    stage.cycle.add_person(stage.key, email=STAFF_2, name="", language="en", role="jury", by=STAFF, now=CALL)
    stage.cycle.declare_conflict(stage.key, number, by=STAFF_2, now=CALL)
    before = stage.dump()
    for by in (ANNA, MEMBER, CHAIR):
        with refused("role"):
            note(stage, number, by=by)
        with refused("role"):
            stage.cycle.remove_note(stage.key, number, of, by=by, now=CALL)
    with refused("conflict"):
        note(stage, number, by=STAFF_2)
    with pytest.raises(Unknown, match=f'there is no note on {other} "{of}"'):
        stage.cycle.replace_note(stage.key, other, of, "x", by=STAFF, now=CALL)
    for words in ("", " \n ", "x" * 10_001):
        with refused("note"):
            note(stage, number, words)
    assert stage.dump() == before


def test_a_note_that_is_sent_twice_is_written_once(stage: Stage) -> None:
    number = stage.draft()
    for _ in range(2):
        assert stage.cycle.write_note(stage.key, number, "Once.", by=STAFF, now=CALL, once="key") == 1
    assert len(stage.rows(NoteRow)) == 1


# ── Messages ─────────────────────────────────────────────────────────────────


def test_a_message_reaches_everybody_who_speaks_for_the_dossiers_and_nobody_else(stage: Stage) -> None:
    one, two, other = stage.draft(), stage.draft("bert"), stage.draft("cleo")
    stage.cycle.add_contact(stage.key, one, email="ann@applicant.example", name="", language="en", by=ANNA, now=CALL)
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 5), reason="ill", by=STAFF, now=CALL, dossier=two)
    told = len(stage.rows(NotificationRow))
    assert message(stage, one, two) == 2
    letters = stage.rows(NotificationRow)[told:]
    assert sorted((row.address, row.letter, row.facts["dossier"]["number"]) for row in letters) == [
        ("ann@applicant.example", "staff-message", one), (ANNA, "staff-message", one), (BERT, "staff-message", two),
    ]  # fmt: skip
    (cause,) = [row for row in stage.rows(CauseRow) if row.name.startswith("message ")]
    assert cause.facts["message"] == {
        "words": {"en": {"subject": "Open day", "text": "Come and **see** us."}}, "by": STAFF, "asked": {},
    }  # fmt: skip
    sent = stage.journal("message sent")
    assert [(row.actor, row.details["subject"], row.details["asks"]) for row in sent] == [
        (STAFF, {"en": "Open day"}, False)
    ] * 2
    assert other not in {row.facts["dossier"]["number"] for row in letters}


def test_a_message_that_is_sent_twice_is_one_and_other_words_are_another(stage: Stage) -> None:
    number = stage.draft()
    for later in range(2):
        assert stage.cycle.message(stage.key, [number], HELLO, by=STAFF, now=CALL + later, once="key") == 1
    message(stage, number, of=Message({"en": Words("Open day", "Come and see it.")}), once="other key")
    assert [row.letter for row in stage.rows(NotificationRow)].count("staff-message") == 2


def test_a_message_is_refused_as_a_whole_and_for_every_reason(stage: Stage) -> None:
    number, other = stage.draft(), stage.draft("bert")
    stage.cycle.add_person(stage.key, email=STAFF_2, name="", language="en", role="jury", by=STAFF, now=CALL)
    stage.cycle.declare_conflict(stage.key, other, by=STAFF_2, now=CALL)
    before = stage.dump()
    with refused("role"):
        message(stage, number, by=MEMBER)
    with refused("message") as sentences:
        message(stage, number, of=Message({"en": Words(" ", "\n")}))
    assert sentences == ["a message has a subject and a text"]
    with refused("message", "message"):
        message(stage, of=Message({"en": Words("Open day", "")}))
    with refused("message", "message"):
        message(stage, number, of=Message({"en": Words("s" * 121, "t" * (LONGEST_TEXT + 1))}))
    with refused("conflict") as sentences:
        message(stage, number, other, by=STAFF_2)
    assert sentences == [f"you have a conflict with {other}"]
    with pytest.raises(Unknown, match="SG30-999"):
        message(stage, number, "SG30-999")
    with pytest.raises(Unknown, match='no language of this programme "de"'):
        message(stage, number, of=Message({"de": Words("Tag", "Kommen Sie.")}))
    assert stage.dump() == before


def test_each_dossier_is_asked_for_what_it_lacks_itself(stage: Stage) -> None:
    empty, complete = stage.draft("anna", complete=False), stage.draft("bert")
    with refused("message") as sentences:
        message(stage, empty, complete, of=Message(HELLO.words, asks=True))
    assert sentences == [f"nothing is missing from {complete}"]
    assert message(stage, empty, of=Message(HELLO.words, asks=True)) == 1
    (cause,) = [row for row in stage.rows(CauseRow) if row.name.startswith("message ")]
    assert cause.facts["message"]["asked"] == {empty: {"questions": ["Title", "How much?"], "owed": []}}


def test_what_is_owed_is_asked_for_from_its_first_day(stage: Stage) -> None:
    (number,) = stage.working("anna")
    now = at("2030-09-01T09:00")
    asking = Message(HELLO.words, asks=True)
    stage.cycle.message(stage.key, [number], asking, by=STAFF, now=now)
    (cause,) = [row for row in stage.rows(CauseRow) if row.name.startswith("message ")]
    assert cause.facts["message"]["asked"] == {
        number: {
            "questions": [],
            "owed": [
                {"name": "accounts", "position": 1, "last_day": "2031-06-02"},
                {"name": "report", "position": 1, "last_day": "2031-06-02"},
            ],
        }
    }
    stage.cycle.deliver(stage.key, number, "report", {}, by=ANNA, now=now, files={"report": PDF})
    stage.cycle.deliver(stage.key, number, "accounts", {"spent": 5}, by=ANNA, now=now)
    with refused("message"):
        stage.cycle.message(stage.key, [number], asking, by=STAFF, now=now + 1)


def test_a_message_to_very_many_dossiers_costs_a_constant_number_of_statements(database: Database) -> None:
    stage = Stage(database).open()
    numbers = [stage.draft(f"a{place}", complete=False) for place in range(3)]
    cycle = Cycle(database, Outbox(SENDER).queue)
    counted = []
    cycle.message(stage.key, numbers[:1], HELLO, by=STAFF, now=CALL - 1)  # the rules are read once
    for some in (numbers[:1], numbers):
        with written(database) as statements:
            cycle.message(stage.key, some, HELLO, by=STAFF, now=CALL + len(some))
        counted.append(len(statements))
    assert counted[0] == counted[1]
