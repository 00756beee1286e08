from datetime import date, datetime, time, timedelta

import pytest

from engine.errors import Unknown
from notifications.dates import Day, Hours, When, edge, instant, money
from notifications.languages import WORDS

BRUSSELS = "Europe/Brussels"
FIRST = date(2019, 3, 1)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "vrijdag 1 maart 2019, 24.00 uur (Brusselse tijd)"),
        ("fr", "vendredi 1er mars 2019 à 24 h (heure de Bruxelles)"),
        ("en", "Friday 1 March 2019, 24:00 (Brussels time)"),
    ],
)
def test_a_whole_day_that_closes_is_over_at_24(language: str, said: str) -> None:
    assert str(edge(FIRST, None, "closes", BRUSSELS, language)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "vrijdag 1 maart 2019"), ("fr", "vendredi 1er mars 2019"), ("en", "Friday 1 March 2019")],
)
def test_a_whole_day_that_opens_is_only_named(language: str, said: str) -> None:
    opens = edge(FIRST, None, "opens", BRUSSELS, language)
    assert [str(opens), str(opens.day), opens.time] == [said, said, ""]


@pytest.mark.parametrize(
    ("language", "short", "hour"),
    [("nl", "vr 1 maart", "17.00 uur"), ("fr", "ven. 1er mars", "17 h"), ("en", "Fri 1 March", "17:00")],
)
def test_the_short_day_and_the_hour_alone(language: str, short: str, hour: str) -> None:
    closes = edge(FIRST, time(17), "closes", BRUSSELS, language)
    assert [closes.short, closes.day.short, closes.time] == [short, short, hour]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "donderdag 9 mei 2019, 10.45 tot 11.05 uur (Brusselse tijd)"),
        ("fr", "jeudi 9 mai 2019, de 10 h 45 à 11 h 05 (heure de Bruxelles)"),
        ("en", "Thursday 9 May 2019, 10:45 to 11:05 (Brussels time)"),
    ],
)
def test_a_span_of_hours(language: str, said: str) -> None:
    assert str(When(Hours(Day(date(2019, 5, 9), language), time(10, 45), time(11, 5)), BRUSSELS)) == said


def test_seconds_are_said_where_they_count() -> None:
    received = datetime(2019, 3, 1, 23, 59, 59, 999_999)
    assert [str(instant(received, BRUSSELS, language)) for language in WORDS] == [
        "vrijdag 1 maart 2019, 23.59.59 uur (Brusselse tijd)",
        "vendredi 1er mars 2019 à 23 h 59 min 59 s (heure de Bruxelles)",
        "Friday 1 March 2019, 23:59:59 (Brussels time)",
    ]


@pytest.mark.parametrize("changes", [date(2019, 3, 31), date(2019, 10, 27)])
def test_the_days_on_which_the_clocks_change_are_said_like_any_other(changes: date) -> None:
    said = [edge(changes + timedelta(days=day), None, "closes", BRUSSELS, "nl") for day in (0, 7)]
    assert [closes.time for closes in said] == ["24.00 uur", "24.00 uur"]
    assert [str(closes).partition(" ")[0] for closes in said] == ["zondag", "zondag"]


def test_british_zones_and_hours() -> None:
    assert str(edge(date(2027, 3, 26), time(12), "closes", "Europe/London", "en")) == (
        "Friday 26 March 2027, 12:00 (London time)"
    )
    assert str(edge(date(2027, 3, 26), time(12), "closes", "Europe/London", "nl")) == (
        "vrijdag 26 maart 2027, 12.00 uur (tijd van Londen)"
    )


def test_money_has_cents_only_where_there_are_any() -> None:
    assert [money(45000, "EUR", language) for language in WORDS] == ["€\xa045.000", "45\u202f000\xa0€", "€45,000"]
    assert money(45000.5, "EUR", "nl") == "€\xa045.000,50"


def test_a_language_without_words_is_refused_by_name() -> None:
    with pytest.raises(Unknown, match='there is no language for letters "de"'):
        str(Day(FIRST, "de"))
