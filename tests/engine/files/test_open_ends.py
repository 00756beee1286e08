"""May a phase last until further notice, and is what cannot be then refused?"""

import pytest
from desk import ROUND, desk, files

from engine.files.prose import read_aloud
from engine.files.reading import examine
from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, is_never
from engine.rules.round import NEVER
from engine.rules.times import Moment


def complaints(round: str) -> list[str]:
    return [str(one) for one in examine("desk", files(round), "")[1]]


def test_a_phase_without_a_last_day_never_closes_and_its_close_is_on_no_agenda() -> None:
    programme = desk()
    round = programme.rounds["2030"]
    calendar = Calendar(round)
    assert (round.phases["intake"].closes, calendar.never_closes("intake")) == (NEVER, True)
    assert is_never(calendar.instant(Moment("intake", "closes")))
    assert [due.key for due in agenda(programme.workflow, calendar, 0)] == ["edge intake opens", "announcement begin"]


def test_nobody_is_stranded_in_a_window_that_never_ends_and_all_are_where_it_does() -> None:
    assert complaints(ROUND) == []
    ends = ROUND.replace("from = 2030-01-07", "from = 2030-01-07, to = 2055-12-31")
    assert complaints(ends) == [
        f'workflow.toml:{line}: [state] {state}: after "intake closes" a dossier may be stranded in "{state}": no '
        "calendar move, verdict or later act leads out of it"
        for line, state in ((14, "draft"), (15, "asked"))
    ]


def test_of_two_rounds_the_one_that_ends_is_complained_about_where_it_ends() -> None:
    ends = ROUND.replace("2030-01-07", "2031-01-07, to = 2055-12-31").replace("DE", "DF")
    both = {**files(), "rounds/2031.toml": ends}
    assert [str(one) for one in examine("desk", both, "")[1]] == [
        f'rounds/2031.toml:10: [phase] intake.to: after "intake closes" a dossier may be stranded in "{state}": no '
        "calendar move, verdict or later act leads out of it"
        for state in ("draft", "asked")
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "from Monday 7 January 2030 until further notice."),
     ("nl", "vanaf maandag 7 januari 2030, tot nader order."),
     ("fr", "à partir du lundi 7 janvier 2030, jusqu’à nouvel ordre.")],
)  # fmt: skip
def test_it_is_read_aloud(language: str, told: str) -> None:
    programme = desk()
    text = read_aloud(programme, programme.rounds["2030"], language)
    assert told in text
    assert "9000" not in text
