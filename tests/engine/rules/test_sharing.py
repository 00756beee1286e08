"""Is what is proposed always allowed, and as equal as it can be?"""

from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.rules.sharing import Reader, Shared, Unread, share

IDS = (1, 2, 3, 4)
LANGUAGES = ("nl", "fr")
some = st.frozensets(st.sampled_from(IDS), max_size=3)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Unread], list[Reader], int]:
    """A few dossiers before a committee of a few, some of whom may not read some of them."""
    readers = [
        Reader(id, draw(st.sampled_from(LANGUAGES)), draw(st.integers(0, 3)))
        for id in IDS[: draw(st.integers(0, len(IDS)))]
    ]
    dossiers = []
    for place in range(draw(st.integers(0, 4))):
        read_by = draw(some)
        languages = draw(st.frozensets(st.sampled_from(LANGUAGES), min_size=1))
        dossiers.append(Unread(f"N-{place}", languages, read_by, draw(some) - read_by))
    return dossiers, readers, draw(st.integers(1, 3))


def loads(shared: Shared, readers: list[Reader]) -> list[int]:
    given = [id for its in shared.readers.values() for id in its]
    return sorted(one.load + given.count(one.id) for one in readers)


def every_way(dossiers: list[Unread], readers: list[Reader], each: int) -> list[list[int]]:
    """The loads of every allowed way to share out, by brute force."""
    ways = []
    for dossier in dossiers:
        free = [one.id for one in readers if one.id not in dossier.barred | dossier.read_by]
        ways.append(list(combinations(free, min(max(each - len(dossier.read_by), 0), len(free)))))
    return [
        loads(Shared({one.number: ids for one, ids in zip(dossiers, choice, strict=True)}), readers)
        for choice in product(*ways)
    ]


@settings(max_examples=60, deadline=None)
@given(tables(), st.booleans())
def test_nobody_gets_what_she_is_barred_from_or_has_and_each_dossier_gets_as_many_as_are_free(
    table: tuple[list[Unread], list[Reader], int], by_language: bool
) -> None:
    dossiers, readers, each = table
    shared = share(dossiers, readers, each, by_language=by_language)
    for one in dossiers:
        new = shared.readers.get(one.number, ())
        free = {reader.id for reader in readers} - one.barred - one.read_by
        wanted = max(each - len(one.read_by), 0)
        assert (set(new) <= free, len(set(new))) == (True, len(new))
        assert (len(new), shared.short.get(one.number, 0)) == (min(wanted, len(free)), max(wanted - len(free), 0))


FIRST_COME = [Unread("N-0"), Unread("N-1", barred=frozenset({2}))], [Reader(1, "nl"), Reader(2, "nl")], 1
"""whoever gives the first to the first has nobody else for the second"""


@settings(max_examples=60, deadline=None)
@example(FIRST_COME)
@given(tables())
def test_the_loads_are_as_equal_as_any_allowed_way_makes_them(table: tuple[list[Unread], list[Reader], int]) -> None:
    dossiers, readers, each = table
    best = min(sum(load * load for load in its) for its in every_way(dossiers, readers, each))
    assert sum(load * load for load in loads(share(dossiers, readers, each), readers)) == best


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 3))
def test_where_nothing_bars_anybody_the_loads_differ_by_one_at_most(count: int, members: int, each: int) -> None:
    readers = [Reader(id, "nl") for id in range(members)]
    found = loads(share([Unread(f"N-{place:03d}") for place in range(count)], readers, each), readers)
    assert (max(found) - min(found) <= 1, sum(found)) == (True, count * min(each, members))


@settings(max_examples=40, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.booleans())
def test_the_same_is_proposed_in_whichever_order_it_is_asked(
    table: tuple[list[Unread], list[Reader], int], chance: object, by_language: bool
) -> None:
    dossiers, readers, each = table
    mixed, others = list(dossiers), list(readers)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    chance.shuffle(others)  # type: ignore[attr-defined]
    assert share(mixed, others, each, by_language=by_language) == share(
        dossiers, readers, each, by_language=by_language
    )  # fmt: skip


def test_readers_who_know_the_language_go_first_and_others_make_up_the_number() -> None:
    readers = [Reader(1, "nl"), Reader(2, "nl"), Reader(3, "fr")]
    dossiers = [Unread("A", {"fr"}), Unread("B", {"nl"}), Unread("C", {"nl"}, barred={2})]
    shared = share(dossiers, readers, 2, by_language=True)
    assert shared.readers == {"A": (2, 3), "B": (1, 2), "C": (1, 3)}
    assert share(dossiers, readers, 1, by_language=True).readers == {"A": (3,), "B": (2,), "C": (1,)}


def test_ten_thousand_dossiers_are_shared_out_while_somebody_waits() -> None:
    readers = [Reader(id, LANGUAGES[id % 2]) for id in range(20)]
    dossiers = [
        Unread(f"N-{place:05d}", {LANGUAGES[place % 3 % 2]}, barred={place % 20, place * 7 % 20})
        for place in range(10_000)
    ]  # fmt: skip
    found = loads(share(dossiers, readers, 3), readers)
    assert (found[0], found[-1]) == (1_500, 1_500)
