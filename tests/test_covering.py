"""Is what is left to the long run on a server still there, and is nothing left that no other test has asked?"""

from pathlib import Path

from covering import LIST, chosen, shapes

ROOT = Path(__file__).parents[1]


def recorded(asked: str, seconds: float = 1.0, *, alone: bool = True) -> dict[str, object]:
    return {"asked": asked.split(), "seconds": seconds, "alone": alone}


def test_every_test_that_is_left_to_the_long_run_is_there() -> None:
    left = LIST.read_text(encoding="utf-8").splitlines()
    assert left == sorted(set(left))
    for one in left:
        file, _, test = one.partition("::")
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), one


def test_the_dearest_is_left_whose_statements_others_ask_and_nobody_whose_statements_are_its_own() -> None:
    assert chosen({
        "a.py::dear[postgresql]": recorded("insert select", 9),
        "a.py::cheap[postgresql-1]": recorded("insert", 1),
        "a.py::cheap[postgresql-2]": recorded("select", 1),
        "a.py::own[postgresql]": recorded("insert delete", 5),
    }) == ["a.py::dear"]  # fmt: skip


def test_who_works_with_others_at_the_same_time_or_on_a_server_alone_is_never_left() -> None:
    assert chosen({
        "a.py::races[postgresql]": recorded("select", 9, alone=False),
        "a.py::on_a_server": recorded("select", 8),
        "test_moving.py::moves[postgresql]": recorded("select", 7),
        "a.py::alone[postgresql]": recorded("select", 6),
    }) == ["a.py::alone"]  # fmt: skip


def test_how_many_there_are_of_anything_asks_a_server_nothing_else() -> None:
    one = shapes("SELECT a FROM t WHERE id IN (%(id_1_1)s::BIGINT)")
    assert shapes("SELECT a FROM t WHERE id IN (%(id_2_1)s::BIGINT, %(id_2_2)s::BIGINT)") == one
    assert shapes("SELECT a FROM t WHERE id IN (NULL) AND (1 != 1)") == one != shapes("SELECT a FROM t WHERE id IN (s)")
    rows = shapes("INSERT INTO t (a) SELECT p0 FROM (VALUES (%(a__0)s, 0)) AS s(p0, n)")
    assert shapes("INSERT INTO t (a) SELECT p0 FROM (VALUES (%(a__0)s, 0), (%(a__1)s, 1)) AS s(p0, n)") == rows
    when = "SELECT CASE WHEN (t.a = %(a_1)s) THEN %(p_1)s"
    assert shapes(f"{when} WHEN (t.a = %(a_2)s) THEN %(p_2)s ELSE 0 END") == shapes(f"{when} ELSE 0 END")


def test_a_change_of_several_columns_is_asked_by_who_changes_each_of_them() -> None:
    both = shapes('UPDATE t SET a=%(a)s::BIGINT, "end"=%(end)s::VARCHAR WHERE t.id = %(t_id)s::BIGINT')
    alone = [shapes(f"UPDATE t SET {put} WHERE t.id = %(t_id)s::BIGINT")
             for put in ("a=%(a)s::BIGINT", '"end"=%(end)s::VARCHAR')]  # fmt: skip
    assert both == alone[0] | alone[1]
    assert shapes("UPDATE t SET a=t.b WHERE t.id = %(t_id)s") != shapes("UPDATE t SET a=%(a)s WHERE t.id = %(t_id)s")
