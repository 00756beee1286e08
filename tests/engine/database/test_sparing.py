"""Is a question left out only where it is sure to find nothing?"""

import pytest
from databases import BOTH, fresh_on
from stage import Stage

from engine.database.invariants.sparing import Present, beginnings


def begins(question: str) -> list[str | None]:
    return [table for table, _ in beginnings(question)]


@pytest.mark.parametrize(("question", "table"), [
    ("SELECT number FROM dossier WHERE state = 'gone'", "dossier"),
    ('\n SELECT r.id FROM "release" r LEFT JOIN person p ON p.id = r.by', "release"),
    ("SELECT n FROM (SELECT s.name AS n FROM seat s JOIN meeting m ON m.id = s.meeting_id) AS found", "seat"),
    ("SELECT name, COUNT(*) AS times FROM seat GROUP BY name HAVING COUNT(*) > 1", "seat"),
    ("SELECT COUNT(*) AS times FROM seat HAVING COUNT(*) < 1", None),
    ("SELECT (SELECT MAX(id) FROM seat) AS last FROM meeting", None),
    ("SELECT m.id FROM seat s RIGHT JOIN meeting m ON m.id = s.meeting_id", None),
    ("SELECT n FROM (SELECT name AS n FROM seat UNION SELECT name FROM meeting) AS found", None),
    ("SELECT name FROM sqlite_master", None),
])  # fmt: skip
def test_a_question_begins_with_the_table_without_which_it_finds_nothing(question: str, table: str | None) -> None:
    assert begins(question) == [table]


def test_each_part_of_a_question_begins_somewhere() -> None:
    assert begins("SELECT id FROM seat UNION ALL SELECT id FROM (SELECT id FROM hour) AS h") == ["seat", "hour"]


@pytest.mark.parametrize("kind", BOTH)
def test_what_is_there_may_answer_and_what_is_not_may_not(kind: str) -> None:
    with fresh_on(kind) as database:
        stage = Stage(database).open()
        with stage.database.reading() as session:
            present = Present(session)
            asked = {
                question: present.may_answer(question, ("round opened", "never"))
                for question in (
                    "SELECT id FROM person",
                    "SELECT id FROM seat",
                    "SELECT id FROM seat UNION ALL SELECT id FROM person",
                    "SELECT id FROM journal WHERE what = 'round opened'",
                    "SELECT id FROM journal WHERE what IN ('never', 'round opened')",
                    "SELECT id FROM journal WHERE what = 'never'",
                    "SELECT id FROM journal WHERE what IN :whats",
                    "SELECT id FROM journal",
                )
            }
            none_of_these = present.may_answer("SELECT id FROM journal WHERE what IN :whats", ("never",))
    assert [*asked.values(), none_of_these] == [True, False, True, True, True, False, True, True, False]
