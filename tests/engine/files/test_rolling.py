"""Does a close on a day off count on the next working day, and is it told so?"""

from dataclasses import replace
from datetime import date, time

import pytest
from rolling import rolling
from small_prizes import LETTERS, ROUND, WORKFLOW, small_prizes

from engine.files.prose import read_aloud
from engine.files.reading import Programme, examine, read_programme
from engine.rules.moments import Calendar, from_instant
from engine.rules.round import LocalEdge, PhaseDates
from engine.rules.times import Moment, Span

CALL = "call     = { from = 2021-03-01T10:00:00, to = 2021-03-12T17:00:00, grace = \"5 minutes\" }"


def prizes(phase: str, holidays: str = "BE") -> Programme:
    """The small programme with other dates of its call."""
    round = ROUND.replace(CALL, phase).replace('holidays = "BE"', f'holidays = "{holidays}"')
    letters = {f"letters/en/{name}.md": "About\n\nDear all\n" for name in LETTERS}
    return read_programme("small-prizes", {"workflow.toml": WORKFLOW, "rounds/2021.toml": round, **letters}, "")


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        ("from = 2021-03-01, to = 2021-03-13", PhaseDates(
            LocalEdge(date(2021, 3, 1)), LocalEdge(date(2021, 3, 15)), written=LocalEdge(date(2021, 3, 13)))),
        ("from = 2021-02-28, to = 2021-03-14T17:00:00", PhaseDates(
            LocalEdge(date(2021, 2, 28)), LocalEdge(date(2021, 3, 15), time(17)),
            written=LocalEdge(date(2021, 3, 14), time(17)))),
        ("from = 2021-03-01, to = 2021-03-12", PhaseDates(LocalEdge(date(2021, 3, 1)), LocalEdge(date(2021, 3, 12)))),
        ("on = 2021-03-13", PhaseDates(
            LocalEdge(date(2021, 3, 15)), LocalEdge(date(2021, 3, 15)), written=LocalEdge(date(2021, 3, 13)))),
    ],
)  # fmt: skip
def test_the_close_moves_and_keeps_its_hour_an_opening_stays_and_a_single_day_moves_whole(
    written: str, counts: PhaseDates
) -> None:
    programme = prizes(f'call = {{ {written}, roll = "next working day" }}')
    assert programme.rounds["2021"].phases["call"] == counts


def test_a_close_rolls_over_the_holidays_of_its_own_part_of_a_country() -> None:
    ends = {
        region: prizes('call = { from = 2021-03-01, to = 2021-03-14, roll = "next working day" }'.replace(
            "2021-03-14", "2021-04-05"), region).rounds["2021"].phases["call"].closes.day
        for region in ("GB-ENG", "GB-SCT")
    }  # fmt: skip
    assert ends == {"GB-ENG": date(2021, 4, 6), "GB-SCT": date(2021, 4, 5)}


@pytest.mark.parametrize(("roll", "warnings"), [("", 1), (', roll = "next working day"', 0)])
def test_a_day_off_is_warned_about_unless_it_moves(roll: str, warnings: int) -> None:
    files = dict(prizes(f"call = {{ from = 2021-03-01, to = 2021-03-13{roll} }}").files)
    found = [str(one) for one in examine("small-prizes", files, "")[1] if "2021-03-13 is a Saturday" in str(one)]
    assert len(found) == warnings


def test_all_that_hangs_on_the_close_follows_the_day_that_counts() -> None:
    round = prizes('call = { from = 2021-03-01, to = 2021-03-13, roll = "next working day" }').rounds["2021"]
    calendar = Calendar(round)
    three = Moment("call", "closes", Span(3, "working day"), "before")
    assert from_instant(calendar.instant(Moment("call", "closes")), calendar.zone).date() == date(2021, 3, 16)
    assert calendar.day(three) == date(2021, 3, 10)


@pytest.mark.parametrize(
    ("language", "phase", "country"),
    [
        ("en", "up to and including Monday 15 March 2021; the file has Saturday 13 March 2021, a day on which "
               "nobody works.", "United Kingdom (England)"),
        ("nl", "tot en met maandag 15 maart 2021; in het bestand staat zaterdag 13 maart 2021, een dag waarop niet "
               "gewerkt wordt.", "Verenigd Koninkrijk (England)"),
        ("fr", "au lundi 15 mars 2021 inclus\u00a0; le fichier porte samedi 13 mars 2021, un jour où personne ne "
               "travaille.", "Royaume-Uni (England)"),
    ],
)  # fmt: skip
def test_both_days_are_read_aloud_and_so_is_the_part_of_the_country(language: str, phase: str, country: str) -> None:
    programme = prizes('call = { from = 2021-03-01, to = 2021-03-13, roll = "next working day" }', "GB-ENG")
    text = read_aloud(programme, programme.rounds["2021"], language)
    assert phase in text
    assert country in text


@pytest.mark.parametrize(
    ("language", "span"), [("en", "2 working days"), ("nl", "2 werkdagen"), ("fr", "2 jours ouvrés")]
)
def test_working_days_are_read_aloud(language: str, span: str) -> None:
    programme = small_prizes()
    announcement = next(iter(programme.workflow.announcements.values()))
    phase = next(iter(programme.workflow.phases))
    later = replace(announcement, when=Moment(phase, "closes", Span(2, "working day"), "after"))
    workflow = replace(programme.workflow, announcements={announcement.name: later})
    assert span in read_aloud(replace(programme, workflow=workflow), programme.rounds["2021"], language)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("Friday 28 June 2030, in 6 batches of 1 month each.",
                "This happens by itself at the end of each batch of the phase “Call”.",
                "takes effect 2 weeks after the end of each batch of the phase “Call” and may be changed")),
        ("nl", ("vrijdag 28 juni 2030, in 6 lichtingen van telkens 1 maand.",
                "Dit gebeurt vanzelf bij het einde van elke lichting van de fase “Call”.",
                "gaat in 2 weken na het einde van elke lichting van de fase “Call” en kan")),
        ("fr", ("vendredi 28 juin 2030 inclus, en 6 vagues (1 mois chacune).",
                "à la fin de chaque vague de la phase « Call ».",
                "2 semaines après la fin de chaque vague de la phase « Call » et peut")),
    ],
)  # fmt: skip
def test_batches_are_read_aloud(language: str, sentences: tuple[str, ...]) -> None:
    programme = rolling()
    text = read_aloud(programme, programme.rounds["2030"], language).replace("\u202f", " ").replace("\xa0", " ")
    assert [one for one in sentences if one not in text] == []
