"""Are several rounds in one file each a round of its own that takes over the rest?"""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from on_disk import completed, written
from small_prizes import LETTERS, ROUND, WORKFLOW

from engine.errors import GrantcycleError
from engine.files.prose import read_aloud
from engine.files.reading import Programme, examine, load, read_programme
from engine.files.redating import dates_in
from engine.files.several import file_of, names_of
from engine.rules.round import LocalEdge, PhaseDates, Session
from grantcycle.finding import find_round, rounds_in

SEVERAL = ROUND + '''
[round.spring]
title  = "Spring prizes"
number = "SP21A"

[round.autumn]
title    = "Autumn prizes"
number   = "SP21B"
later    = "6 months"
mails_at = 08:00:00

[round.autumn.phase]
decision = { from = 2021-10-04, to = 2021-10-08 }

[[round.autumn.meeting.evening]]
on = 2021-10-06
'''


def files(round: str = SEVERAL) -> dict[str, str]:
    letters = {f"letters/en/{name}.md": "About\n\nDear all\n" for name in LETTERS}
    return {"workflow.toml": WORKFLOW, "rounds/2021.toml": round, **letters}


def prizes(round: str = SEVERAL) -> Programme:
    return read_programme("small-prizes", files(round), "")


def test_each_has_its_own_name_and_what_it_does_not_say_it_takes_over() -> None:
    rounds = prizes().rounds
    spring, autumn = rounds["2021-spring"], rounds["2021-autumn"]
    assert list(rounds) == ["2021-spring", "2021-autumn"]
    assert [(one.key, one.title, one.number, one.mails_at, one.file) for one in rounds.values()] == [
        ("small-prizes/2021-spring", "Spring prizes", "SP21A", time(9, 30), "rounds/2021.toml"),
        ("small-prizes/2021-autumn", "Autumn prizes", "SP21B", time(8), "rounds/2021.toml"),
    ]
    grace = timedelta(minutes=5)
    assert spring.phases == {
        "call": PhaseDates(LocalEdge(date(2021, 3, 1), time(10)), LocalEdge(date(2021, 3, 12), time(17)), grace),
        "decision": PhaseDates(LocalEdge(date(2021, 4, 1)), LocalEdge(date(2021, 4, 9))),
    }
    # what it takes over is later, what it writes itself is not
    assert autumn.phases == {
        "call": PhaseDates(LocalEdge(date(2021, 9, 1), time(10)), LocalEdge(date(2021, 9, 12), time(17)), grace),
        "decision": PhaseDates(LocalEdge(date(2021, 10, 4)), LocalEdge(date(2021, 10, 8))),
    }
    assert spring.meetings == {"evening": (Session(date(2021, 4, 6), time(19), place="Library"),)}
    assert autumn.meetings == {"evening": (Session(date(2021, 10, 6)),)}


def test_a_file_without_rounds_inside_is_the_round_that_it_always_was() -> None:
    assert [(name, one.name, one.file) for name, one in prizes(ROUND).rounds.items()] == [
        ("2021", "2021", "rounds/2021.toml")
    ]


@given(st.dates(date(2021, 1, 1), date(2021, 6, 30)), st.integers(1, 18))
def test_a_round_so_many_months_later_is_the_one_whose_dates_are_written_so(first: date, months: int) -> None:
    month = first.month - 1 + months
    year, number = first.year + month // 12, month % 12 + 1
    last_of_month = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][number - 1]
    moved = date(year, number, min(first.day, last_of_month))
    text = ROUND.replace("2021-03-01T", f"{first}T").replace("2021-03-12T17", "2021-06-30T17")
    inside = f'\n[round.b]\nlater = "{months} month{"s" if months > 1 else ""}"\n'
    dates = [one.value for one in dates_in(text)]
    round = examine("small-prizes", files(text + inside), "")[0]
    if round is not None:  # where the call would open after it closes it is refused, as anywhere
        assert round.rounds["2021-b"].phases["call"].opens == LocalEdge(moved, time(10))
    assert dates[0] == datetime(first.year, first.month, first.day, 10)


def test_what_several_rounds_take_over_is_complained_about_once() -> None:
    wrong = SEVERAL.replace('timezone = "', 'timezon = "').replace("later    = ", "laters = ")
    assert [str(one) for one in examine("small-prizes", files(wrong), "")[1]] == [
        'rounds/2021.toml:4: [round] timezon: there is no key "timezon"; did you mean "timezone"?',
        'rounds/2021.toml:24: [round.autumn] laters: there is no key "laters"; did you mean "later"?',
    ]


def test_the_command_line_finds_each_and_asks_which_is_meant_by_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "workflows" / "small-prizes"
    for name, text in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert rounds_in(folder) == ["2021-autumn", "2021-spring"]
    found = find_round("small-prizes/2021-autumn", tmp_path / "workflows")
    programme = load(found.folder)
    assert (found.key, programme.rounds[str(found.round)].number) == ("small-prizes/2021-autumn", "SP21B")
    with pytest.raises(GrantcycleError, match=r"holds 2 rounds; .* for example small-prizes/2021-spring"):
        find_round(str(folder / "rounds/2021.toml"), tmp_path / "workflows")


@pytest.mark.parametrize(
    ("name", "file"),
    [("2021", "rounds/2021.toml"), ("2021-spring", "rounds/2021.toml"), ("2021-b-c", "rounds/2021-b.toml"),
     ("2030-x", "rounds/2030-x.toml")],
)  # fmt: skip
def test_the_file_of_a_round_is_found_by_its_name(name: str, file: str) -> None:
    assert file_of(name, ["rounds/2021.toml", "rounds/2021-b.toml", "words.fr.toml"]) == file


def test_a_file_that_cannot_be_read_is_one_round() -> None:
    assert (names_of("2021", SEVERAL), names_of("2021", "[round")) == (["2021-spring", "2021-autumn"], ["2021"])


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_each_is_read_aloud_as_a_round_of_its_own(language: str) -> None:
    programme = prizes()
    aloud = read_aloud(programme, programme.rounds["2021-autumn"], language)
    alone = ROUND.replace("Small prizes 2021", "Autumn prizes").replace("SP21", "SP21B").replace("09:30", "08:00")
    evening = '2021-04-06\nfrom  = 19:00:00\nplace = "Library"'
    changes = {
        "2021-03-01": "2021-09-01", "2021-03-12": "2021-09-12", "2021-04-01": "2021-10-04", "2021-04-09": "2021-10-08",
        evening: "2021-10-06",
    }  # fmt: skip
    for old, new in changes.items():
        alone = alone.replace(old, new)
    other = prizes(alone)
    assert aloud == read_aloud(other, other.rounds["2021"], language).replace(
        "small-prizes/2021", "small-prizes/2021-autumn"
    )


def test_each_takes_over_the_days_of_the_strands_for_which_it_writes_none() -> None:
    choirs = written("choirs")
    both = choirs["rounds/2030.toml"].replace('title    = "Choirs 2030"\nnumber   = "CH30"\n', "") + """
[round.early]
title  = "Choirs, early"
number = "CH30A"

[round.late]
title  = "Choirs, late"
number = "CH30B"

[[round.late.meeting.hearing.town]]
on = 2030-04-15

[[round.late.meeting.workshop.Limburg]]
on = 2030-06-29
"""
    files = completed("choirs", {**choirs, "rounds/2030.toml": both})
    early, late = read_programme("choirs", files, "").rounds.values()
    assert {name: days for name, days in late.meetings.items() if days != early.meetings.get(name)} == {
        "hearing.town": (Session(date(2030, 4, 15)),), "workshop.Limburg": (Session(date(2030, 6, 29)),)
    }  # fmt: skip
    assert set(early.meetings) == set(late.meetings) - {"workshop.Limburg"}
    wrong = both.replace("on = 2030-04-15", "on = 2031-04-15").replace("workshop.Limburg", "workshop.Limbourg")
    assert [str(one) for one in examine("choirs", {**files, "rounds/2030.toml": wrong}, "")[1]] == [
        "rounds/2030.toml:67: [round.late.meeting.hearing.town] on: 2031-04-15 lies outside the window of "
        '"hearing.town": 2030-04-08 to 2030-04-26 (during hearing)',
        "rounds/2030.toml:69: [round.late.meeting.workshop.Limbourg]: there is no answer to \"province\" \"Limbourg\"; "
        'did you mean "Limburg"?',
    ]
