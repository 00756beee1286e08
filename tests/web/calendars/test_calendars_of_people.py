"""Does each calendar hold what its reader may know, and nothing else?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from meetings_of_file import held

import workflows
from engine.files.reading import Programme, load
from engine.rules.moments import Calendar
from engine.rules.round import LocalEdge
from engine.rules.times import Moment
from web.calendars.feed import Days, Happening, Hours
from web.calendars.of_person import Owed, OwnDossier, Seat, Slot, of_applicant, of_member
from web.calendars.of_round import of_round

IMPULS = "Cera Impuls Programme 2019-2022"
DUTCH = {
    "Last day: %(what)s": "Laatste dag: %(what)s",
    "Last day, until %(hour)s (%(city)s time): %(what)s": "Laatste dag, tot %(hour)s uur (tijd in %(city)s): %(what)s",
}


@cache
def programme() -> Programme:
    return load(Path(workflows.__file__).parent / "cera-impuls")


def calendar(extended: dict[str, LocalEdge] | None = None) -> Calendar:
    return Calendar(programme().rounds["2019"], extended)


def same(text: str) -> str:
    return text


def utc(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def told(happenings: tuple[Happening, ...]) -> list[tuple[str, object]]:
    return [(one.title, said(one.when)) for one in happenings]


def said(when: Days | Hours) -> object:
    if isinstance(when, Days):
        return (str(when.first), str(when.last))
    return when


def day(text: str) -> tuple[str, str]:
    return (text, text)


def test_anybody_hears_of_phases_of_the_last_day_and_of_meetings_open_to_everyone() -> None:
    happenings = of_round(programme(), calendar(), "en", same, changed_at=1, held=held(calendar()), url="https://grants.example/c")
    assert told(happenings) == [
        (f"Call: {IMPULS}", ("2018-12-17", "2019-03-01")),
        (f"Preselection: {IMPULS}", ("2019-03-01", "2019-03-31")),
        (f"Recommendations of the committee: {IMPULS}", day("2019-03-31")),
        (f"Pitch: {IMPULS}", day("2019-05-09")),
        (f"Approval: {IMPULS}", day("2019-05-20")),
        (f"Kick-off: {IMPULS}", day("2019-06-20")),
        (f"Rollout of the Impuls projects: {IMPULS}", ("2019-09-01", "2022-08-30")),
        (f"Evaluation: {IMPULS}", ("2022-09-01", "2022-10-15")),
        (f"Closing conference: {IMPULS}", ("2022-09-01", "2022-12-01")),
        (f"Last day: Call: {IMPULS}", day("2019-03-01")),
        (f"Information session: {IMPULS}", Hours(utc("2019-01-24 09:00"), utc("2019-01-24 12:00"))),
        (f"Information session: {IMPULS}", Hours(utc("2019-01-30 09:00"), utc("2019-01-30 12:00"))),
        (f"Information session: {IMPULS}", Hours(utc("2019-01-31 09:00"), utc("2019-01-31 12:00"))),
        (f"Closing conference: {IMPULS}", day("2022-12-01")),
    ]
    assert [one.place for one in happenings if one.busy] == ["Brussels", "Ghent", "Antwerp", ""]
    assert len({one.key for one in happenings}) == len(happenings)
    assert {(one.changed_at, one.url) for one in happenings} == {(1, "https://grants.example/c")}


def test_titles_are_in_the_readers_language_and_an_hour_tells_its_city() -> None:
    later = calendar({"call closes": LocalEdge(date(2019, 3, 8), time(17))})
    title = "Cera Impulsprogramma 2019-2022"
    found = dict(told(of_round(programme(), later, "nl", lambda text: DUTCH.get(text, text), changed_at=1)))
    assert found[f"Laatste dag, tot 17:00 uur (tijd in Brussel): Oproep: {title}"] == day("2019-03-08")
    assert found[f"Oproep: {title}"] == ("2018-12-17", "2019-03-08")


SLOT = Slot("CI19-002", "pitch", utc("2019-05-09 07:55"), utc("2019-05-09 08:15"))
DRAFT = OwnDossier(programme(), calendar(), "CI19-002", "draft", 5, slots=(SLOT,), held=held(calendar()))


def test_a_draft_is_due_on_the_last_day_of_the_call_or_of_its_own_extension() -> None:
    assert told(of_applicant([DRAFT], "en", same)) == [("Last day: Call (dossier CI19-002)", day("2019-03-01"))]
    longer = replace(DRAFT, calendar=calendar({"call closes": LocalEdge(date(2019, 3, 4), time(12))}))
    assert told(of_applicant([longer], "en", same)) == [
        ("Last day, until 12:00 (Brussels time): Call (dossier CI19-002)", day("2019-03-04"))
    ]


def test_an_applicant_hears_of_the_pitch_only_once_the_dossier_stands_where_it_is_open() -> None:
    states = programme().workflow.states
    heard = {
        state: [title for title, _ in told(of_applicant([replace(DRAFT, state=state)], "en", same)) if "itch" in title]
        for state in states
    }
    assert {state for state, titles in heard.items() if titles} == {"shortlisted"}
    assert told(of_applicant([replace(DRAFT, state="shortlisted")], "en", same)) == [
        ("Pitch to the selection committee (dossier CI19-002)", Hours(SLOT.starts_at, SLOT.ends_at))
    ]


def test_a_slot_of_another_dossier_is_not_told() -> None:
    foreign = replace(SLOT, number="CI19-003", starts_at=SLOT.ends_at)
    assert told(of_applicant([replace(DRAFT, state="shortlisted", slots=(foreign,))], "en", same)) == [
        ("Pitch to the selection committee (dossier CI19-002)", Hours(utc("2019-05-09 07:30"), None))
    ]


def test_what_is_owed_is_due_on_its_last_day_and_a_meeting_stands_once() -> None:
    due = calendar().instant(Moment("evaluation", "closes"))
    owing = replace(
        DRAFT, state="in_evaluation", slots=(),
        owed=(Owed("financial_report", 1, due), Owed("closing_conference", 1, utc("2022-12-01 23:00"))),
    )  # fmt: skip
    assert told(of_applicant([owing], "en", same)) == [
        ("Closing conference (dossier CI19-002)", day("2022-12-01")),
        ("Last day: Financial report (dossier CI19-002)", day("2022-10-15")),
    ]


SEAT = Seat(
    programme(), calendar(), "jury", 7, slots=(SLOT, replace(SLOT, number="CI19-009", starts_at=SLOT.ends_at)),
    held=held(calendar()),
)  # fmt: skip


def test_a_member_hears_until_when_to_judge_and_the_running_order() -> None:
    assert told(of_member([SEAT], "en", same)) == [
        ("Last day: Preselection: scores and recommendations", day("2019-03-30")),
        ("Last day: Pitch: scores and recommendations", day("2019-05-19")),
        ("Pitch to the selection committee", Hours(utc("2019-05-09 07:30"), None)),
        ("Pitch to the selection committee (dossier CI19-002)", Hours(SLOT.starts_at, SLOT.ends_at)),
        ("Pitch to the selection committee (dossier CI19-009)", Hours(SLOT.ends_at, SLOT.ends_at)),
    ]


def test_a_dossier_one_has_a_conflict_with_leaves_no_trace() -> None:
    happenings = of_member([replace(SEAT, conflicts=frozenset({"CI19-009"}))], "en", same)
    assert "CI19-009" not in str(happenings)
    assert len(happenings) == 4


def test_an_observer_attends_and_has_nothing_to_judge() -> None:
    titles = [title for title, _ in told(of_member([replace(SEAT, judges=False)], "en", same))]
    assert [title for title in titles if "scores" in title] == []
    assert titles[0] == "Pitch to the selection committee"


def test_a_feed_names_a_dossier_by_its_number_alone_and_keeps_its_keys() -> None:
    everything = of_applicant([replace(DRAFT, state=state) for state in programme().workflow.states], "en", same)
    assert {one.key for one in everything} == {
        "cera-impuls/2019/dossier/CI19-002/deadline/submit", "cera-impuls/2019/dossier/CI19-002/meeting/pitch/slot",
        "cera-impuls/2019/dossier/CI19-002/meeting/kick_off/1",
    }  # fmt: skip
    keys = [one.key for one in of_member([SEAT], "en", same)]
    assert len(keys) == len(set(keys))
    assert {one.key for one in of_member([SEAT], "nl", same)} == set(keys)


def test_a_moved_meeting_stands_at_its_new_hour_under_its_old_key_and_a_cancelled_one_says_so() -> None:
    (first, second, third), rest = held(calendar())[:3], held(calendar())[3:]
    moved = replace(first, when=Hours(utc("2019-02-07 09:00")), place="Namen", changed_at=9, sequence=1)
    gone = replace(second, is_cancelled=True, changed_at=10, sequence=1)
    found = {
        one.key.rpartition("/meeting/")[2]: one
        for one in of_round(programme(), calendar(), "en", same, changed_at=1, held=(moved, gone, third, *rest))
        if one.busy
    }
    assert list(found) == ["info_session/1", "info_session/2", "info_session/3", "closing_conference/1"]
    told_of = found["info_session/1"]
    assert (told_of.when, told_of.place, told_of.changed_at, told_of.sequence, told_of.status) == (
        Hours(utc("2019-02-07 09:00")), "Namen", 9, 1, ""
    )  # fmt: skip
    assert (found["info_session/2"].title, found["info_session/2"].status) == (
        f"Cancelled: Information session: {IMPULS}", "CANCELLED"
    )


def test_what_an_invitation_tells_of_stands_there_alone() -> None:
    asked = replace(DRAFT, state="shortlisted", slots=(), asked=frozenset({("pitch", 1)}))
    assert told(of_applicant([asked], "en", same)) == []
    assert [title for title, _ in told(of_member([replace(SEAT, slots=(), asked=asked.asked)], "en", same))] == [
        "Last day: Preselection: scores and recommendations", "Last day: Pitch: scores and recommendations"
    ]  # fmt: skip
