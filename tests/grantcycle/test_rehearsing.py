"""The Cera round of 2019 to 2022, rehearsed: what must come of it, and every incident that the plan has in store."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from rehearsals import again, cera, rehearsed

from engine.errors import GrantcycleError, Unknown
from engine.files.complaints import Complaints
from engine.rehearsal.acts import OUTAGE
from engine.rules.moments import from_instant
from grantcycle.rehearsed import Event, Rehearsed, Warning
from grantcycle.rehearsed_json import as_json
from grantcycle.rehearsing import rehearse, write_report

ZONE = "Europe/Brussels"


def the_round() -> Rehearsed:
    return rehearsed(62, 7)


def events(what: str) -> list[Event]:
    return [event for event in the_round().journal if event.what == what]


def local(instant: int) -> datetime:
    return from_instant(instant, ZONE)


T = TypeVar("T")


def one(found: Iterable[T]) -> T:
    (only,) = found
    return only


def test_the_figures_are_those_of_the_programme() -> None:
    figures = the_round().figures
    wanted = {
        "handed_in": 62,
        "shortlisted": 12,
        "awarded": 6,
        "completed": 6,
        "obligations_per_trajectory": 19,
        "lapsed": 5,
        "withdrawn": 1,
        "declined": 55,
    }
    assert {name: figures[name] for name in wanted} == wanted
    assert [len(dossier.owed) for dossier in the_round().trajectories] == [19] * 6


def figures_of(dossiers: int, seed: int) -> list[object]:
    figures = rehearsed(dossiers, seed).figures
    return [figures[name] for name in ("handed_in", "shortlisted", "awarded", "completed", "withdrawn")]


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.slow)])
def test_the_figures_do_not_depend_on_the_seed(seed: int) -> None:
    assert figures_of(3, seed) == [3, 3, 3, 3, 0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_nor_do_those_of_more_dossiers(seed: int) -> None:
    assert figures_of(20, seed) == [20, 12, 6, 6, 1]


def test_one_is_handed_in_in_the_last_second_and_one_a_second_late_is_refused_and_lapses() -> None:
    last = max(dossier.received_at for dossier in the_round().dossiers if dossier.received_at)
    assert local(last) == datetime(2019, 3, 1, 23, 59, 59)
    late = one(played for played in the_round().refused if played.act.what == "submit")
    assert local(late.act.instant) == datetime(2019, 3, 2)
    assert late.refused == (
        "this was possible before 2019-03-02 00:00:00 (Europe/Brussels); it is now 2019-03-02 00:00:00",
    )
    dossier = one(dossier for dossier in the_round().dossiers if dossier.number == late.act.number)
    assert ([moved.transition for moved in dossier.path], dossier.state) == (["lapse"], "lapsed")


def test_a_tie_at_the_last_place_is_decided_by_the_chair_with_a_reason_and_the_thirteenth_is_refused() -> None:
    refusal = one(played for played in the_round().refused if played.act.what == "verdict")
    assert refusal.refused == (
        'at most 12 dossiers of a round may be "Uitgenodigd voor de pitch" (shortlisted), and 12 places are held',
    )
    scores = {dossier.number: dossier.score for dossier in the_round().dossiers}
    tied = [number for number, score in scores.items() if score == scores[refusal.act.number]]
    assert len(tied) == 2
    ranked = sorted((score for score in scores.values() if score is not None), reverse=True)
    assert ranked[11] == ranked[12] == scores[refusal.act.number]
    reasons = {event.number for event in events("verdict recorded") if event.details.get("reason")}
    assert reasons == set(tied)


def test_one_withdraws_after_the_verdict_and_the_place_goes_to_the_next() -> None:
    left = one(event for event in events("transition") if event.details["name"] == "withdraw")
    verdicts = [event for event in events("verdict recorded") if event.number == left.number]
    assert [event.details["name"] for event in verdicts] == ["shortlist"]
    assert verdicts[0].at < left.at < read("2019-03-31 09:00")
    replaced = one(event for event in events("verdict recorded") if event.details.get("replaces"))
    assert (replaced.details["name"], replaced.details["replaces"]) == ("shortlist", "pass_over")
    assert replaced.at > left.at


def read(text: str) -> int:
    found = int(datetime.fromisoformat(text + "+02:00").timestamp())
    return found * 1_000_000


def test_one_committee_member_has_a_conflict_and_gives_that_dossier_no_score() -> None:
    conflict = one(events("conflict declared"))
    scored = Counter(event.number for event in events("scored"))
    assert scored.pop(conflict.number) == 4
    assert set(scored.values()) == {5}
    assert [e for e in events("scored") if (e.actor, e.number) == (conflict.actor, conflict.number)] == []


def test_the_batches_are_approved_by_one_and_by_two_people_before_their_moment() -> None:
    approvals = [(local(event.at).date(), event.details["batch"], event.actor) for event in events("batch approved")]
    assert [(day, batch) for day, batch, _ in approvals] == [
        (date(2019, 3, 29), "recommendations opens"),
        (date(2019, 5, 17), "approval opens"),
        (date(2019, 5, 17), "approval opens"),
    ]
    assert approvals[1][2] != approvals[2][2]
    assert events("waits for release") == []


def test_one_trajectory_misses_the_kick_off_is_held_back_and_goes_on_when_it_is_excused() -> None:
    held = one(events("held back"))
    excused = one(event for event in events("excused") if event.details["of"] == "kick_off 1")
    assert (held.details["name"], held.number) == ("start", excused.number)
    assert (local(held.at), local(excused.at)) == (datetime(2019, 9, 1), datetime(2019, 9, 4, 11))
    started = {e.number: local(e.at) for e in events("transition") if e.details["name"] == "start"}
    assert started.pop(excused.number or "") == datetime(2019, 9, 4, 11)
    assert set(started.values()) == {datetime(2019, 9, 1)}
    told = [mail.role for mail in the_round().mails if mail.letter == "kick-off-missed"]
    assert told == ["staff", "staff"]


def test_one_report_is_late_and_recorded_so() -> None:
    late = one(event for event in events("delivered") if event.details.get("late"))
    assert late.details["obligation"] == "interim_report 2"
    overdue = {(event.number, event.details["obligation"]) for event in events("overdue")}
    assert (late.number, "interim_report 2") in overdue
    kept = Counter(owed.kept for dossier in the_round().trajectories for owed in dossier.owed)
    assert kept == {"met": 111, "late": 1, "excused": 2}


def test_the_mail_server_is_down_for_a_day_and_every_letter_leaves_once_afterwards() -> None:
    outage = one(act for act in the_round().acts if act.what == OUTAGE)
    begins, ends = outage.instant, outage.instant + 86_400_000_000
    waited = [mail for mail in the_round().mails if begins <= mail.leaves_at < ends]
    assert len(waited) > 60
    assert {mail.status for mail in the_round().mails} == {"sent"}
    assert [mail for mail in waited if mail.sent_at is None or mail.sent_at < ends] == []
    assert {mail.tries for mail in waited} == {1}
    assert max(mail.sent_at or 0 for mail in waited) < ends + 3_600_000_000


def test_everybody_is_told_once_per_event_in_their_language() -> None:
    mails = the_round().mails
    told = Counter((mail.cause, mail.caused_at, mail.letter, mail.address, mail.numbers) for mail in mails)
    assert set(told.values()) == {1}
    languages: dict[str, set[str]] = {}
    for mail in mails:
        languages.setdefault(mail.address, set()).add(mail.language)
    assert {len(known) for known in languages.values()} == {1}
    outcomes = Counter(mail.letter for mail in mails if mail.letter in ("awarded", "not-awarded"))
    contacts = Counter(mail.numbers for mail in mails if mail.letter in ("awarded", "not-awarded"))
    assert (len(contacts), sum(outcomes.values())) == (12, sum(contacts.values()))


def bytes_of(seen: Rehearsed, folder: Path) -> tuple[str, bytes]:
    """The answer for programs, and the report."""
    answer = as_json(seen)
    del answer["run"]  # how long it took, and where it was kept
    return json.dumps(answer), write_report(seen, folder).read_bytes()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert bytes_of(rehearsed(3, 4), tmp_path / "first") == bytes_of(again().seen, tmp_path / "again")


@pytest.mark.slow
def test_and_another_seed_others(tmp_path: Path) -> None:
    first, other = bytes_of(rehearsed(3, 4), tmp_path / "first"), bytes_of(rehearsed(3, 5), tmp_path / "other")
    assert (first[0] != other[0], first[1] != other[1]) == (True, True)


def test_what_was_played_can_be_kept_and_played_back_to_the_same_letters() -> None:
    first, log = again().seen, again().kept
    replayed = rehearse(cera(), "2019", acts=log)
    assert replayed.journal_lines() == first.journal_lines()
    assert replayed.outbox_lines() == first.outbox_lines()
    assert replayed.run["acts"] == first.run["saved_acts"] == str(log)
    assert (replayed.invented, replayed.seed) == (None, None)


def test_a_log_that_cannot_be_read_plays_nothing(tmp_path: Path) -> None:
    log = tmp_path / "acts.csv"
    log.write_text("instant,who,what,number,values\nsoon,a@b.example,submit,CI19-001,\n", encoding="utf-8")
    with pytest.raises(Complaints) as told:
        rehearse(cera(), "2019", acts=log)
    assert str(told.value).startswith(f'{log.as_posix()}:2: instant: "soon" is no instant')
    with pytest.raises(GrantcycleError, match="cannot be read"):
        rehearse(cera(), "2019", acts=tmp_path / "none.csv")


def test_a_round_that_the_programme_does_not_have_is_told() -> None:
    with pytest.raises(Unknown) as told:
        rehearse(cera(), "2091")
    assert str(told.value) == 'there is no round of cera-impuls "2091"; did you mean "2019"?'


def test_weekends_holidays_and_two_letters_on_a_day_are_warned_of() -> None:
    warnings = the_round().warnings
    assert [str(w.sentence) for w in warnings if w.where.startswith("cera-impuls/rounds")] == [
        "[phase] preselection.to: 2019-03-31 is a Sunday",
        "[phase] recommendations.on: 2019-03-31 is a Sunday",
        "[phase] evaluation.to: 2022-10-15 is a Saturday",
    ]
    assert Warning("final_report", "its last day is a Saturday", date(2022, 10, 15)) in warnings
    holiday = one(w for w in warnings if w.day == date(2022, 11, 1))
    assert (holiday.where, holiday.sentence.partition(" on ")[2]) == (
        "obligation-reminder",
        "a holiday (All Saints' Day)",
    )
    assert {w.where for w in warnings if w.sentence.endswith("2 letters on one day")} == {
        "unfinished-draft + submission-received",
        "obligation-excused + rollout-started",
        "handed-in-accepted + handed-in-accepted",
    }


def test_words_that_are_missing_and_letters_that_did_not_leave_are_warned_of() -> None:
    from grantcycle.rehearsal_warnings import find_warnings

    seen = the_round()
    unsent = replace(seen, mails=tuple(replace(mail, sent_at=None, status="failed") for mail in seen.mails[:2]))
    found = find_warnings(unsent)
    assert Warning("call-opens", "2 letters were not sent: failed", date(2018, 12, 17)) in found
    files = {**seen.programme.files, "words.fr.toml": ""}
    incomplete = replace(seen, programme=replace(seen.programme, files=files), mails=())
    assert any('"Oproep" has no translation' in warning.sentence for warning in find_warnings(incomplete))


def test_progress_runs_from_the_opening_to_the_end() -> None:
    seen = again().progress
    assert list(seen) == sorted(seen)
    assert (seen[0][0], seen[-1]) == (0, (1448, 1448))


def test_the_outcome_is_told_in_a_few_lines() -> None:
    seen = replace(the_round(), run={})
    figures = seen.figures
    assert str(seen) == (
        "Cera Impulsprogramma 2019-2022 (cera-impuls/2019)\n"
        "  rehearsed from 2018-12-14 to 2022-12-02\n"
        "  62 dossiers handed in; at the end: 6 completed, 55 declined, 5 lapsed, 1 withdrawn\n"
        f"  160 deadlines, {figures['letters']} letters, {figures['letters']} of them sent\n"
        "  6 dossiers with 19 obligations each\n"
        f"  2 acts refused, {len(seen.warnings)} warnings"
    )
