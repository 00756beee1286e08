"""Is a date that was moved in the file the one that counts, with the old one and the reason still to be read?"""

from datetime import date, time

import pytest
from desk import ROUND, desk

from engine.files.prose import read_aloud
from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, from_instant
from engine.rules.round import NEVER, LocalEdge, Moved
from engine.rules.times import Moment

LOG = """
[[extension]]
of      = "intake opens"
to      = 2030-01-14T12:00:00
decided = 2030-01-02
reason  = "The hall was flooded."

[[extension]]
of      = "intake closes"
to      = 2055-12-31
decided = 2030-06-01
reason  = "The desk ends."

[[announcement]]
on    = 2030-02-03
about = ["asked", "draft"]
tell  = { everyone = "begin" }

[[announcement]]
on   = 2030-02-03T17:30:00
tell = { staff = "begin" }
"""
PROGRAMME = desk(ROUND + LOG, always=True)
ROUND_2030 = PROGRAMME.rounds["2030"]


def test_the_last_line_about_an_edge_counts_and_each_keeps_what_was_before() -> None:
    dates = ROUND_2030.phases["intake"]
    assert (dates.opens, dates.closes) == (LocalEdge(date(2030, 1, 14), time(12)), LocalEdge(date(2055, 12, 31)))
    assert ROUND_2030.moved == (
        Moved("intake", "opens", LocalEdge(date(2030, 1, 7)), dates.opens, date(2030, 1, 2), "The hall was flooded."),
        Moved("intake", "closes", NEVER, dates.closes, date(2030, 6, 1), "The desk ends."),
    )
    calendar = Calendar(ROUND_2030)
    opens = from_instant(calendar.instant(Moment("intake", "opens")), calendar.zone)
    assert opens.isoformat() == "2030-01-14T12:00:00"


def test_notices_stand_on_the_agenda_after_the_rules_announcements() -> None:
    found = agenda(PROGRAMME.workflow, Calendar(ROUND_2030), 0)
    assert [(one.key, one.local, one.kind) for one in found if one.kind == "announcement"] == [
        ("announcement begin", "2030-01-14T12:00:00", "announcement"),
        ("announcement 2030-02-03", "2030-02-03T09:00:00", "announcement"),
        ("announcement 2030-02-03T17:30:00", "2030-02-03T17:30:00", "announcement"),
    ]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("On Wednesday 2 January 2030 it was decided to move its beginning from Monday 7 January 2030 to "
                "Monday 14 January 2030 at 12:00: The hall was flooded.",
                "On Saturday 1 June 2030 it was decided to end it on Friday 31 December 2055: The desk ends.",
                "On Sunday 3 February 2030 this round alone announces: everyone gets the letter `begin`. Everyone "
                "means here: whoever speaks for a dossier that is then “Asked” or “Draft”.")),
        ("nl", ("Op woensdag 2 januari 2030 is beslist het begin te verschuiven van maandag 7 januari 2030 naar "
                "maandag 14 januari 2030 om 12.00 uur: The hall was flooded.",
                "Op zondag 3 februari 2030 wordt alleen in deze ronde gemeld: iedereen krijgt de brief `begin`. "
                "Iedereen betekent hier: wie spreekt voor een dossier dat dan op “Asked” of “Draft” staat.")),
        ("fr", ("Le mercredi 2 janvier 2030, il a été décidé de déplacer le début du lundi 7 janvier 2030 au lundi "
                "14 janvier 2030",
                "Le dimanche 3 février 2030, annonce propre à cette édition : tout le monde reçoit la lettre "
                "`begin`. Tout le monde désigne ici "
                "les personnes qui parlent pour un dossier alors à l’étape « Asked » ou « Draft ».")),
    ],
)  # fmt: skip
def test_the_change_log_and_the_notices_are_read_aloud(language: str, sentences: tuple[str, ...]) -> None:
    text = read_aloud(PROGRAMME, ROUND_2030, language).replace("\u202f", " ").replace("\xa0", " ")
    assert [one for one in sentences if one not in text] == []
