"""Is there one meeting for each strand or answer, and does each dossier come to its own?"""

from datetime import date, time
from email.headerregistry import Address

import pytest
import sqlalchemy as sa
from copies import Copy
from databases import fresh
from sqlmodel import col, select
from stage import BEFORE, CALL, PROGRAMMES, STAFF, Stage, applicant, at, programme, refused

from engine.cycle import Imported
from engine.cycle.admitting import Asked, admitted
from engine.cycle.meetings import Sitting, find
from engine.cycle.order_plans import judge
from engine.cycle.telling import meetings_of_dossier
from engine.database.connection import Database
from engine.database.records import (
    AttendanceRow,
    DossierRow,
    ExcuseRow,
    InvitationRow,
    MeetingRow,
    ObligationRow,
    PersonRow,
    SeatRow,
    SlotRow,
)
from engine.database.store import the_id
from engine.errors import Unknown
from engine.files.reading import Programme
from notifications.rendering import Renderer

SCHOOL, TOWN, BOTH = "school@jury.example", "town@jury.example", "both@jury.example"
WATCHES = "watches@academy.example"
PARTS = (
    (SCHOOL, "jury", "school", True), (TOWN, "jury", "town", True), (BOTH, "jury", "", False),
    (WATCHES, "jury observer", "town", False),
)  # fmt: skip
HEARD = at("2030-04-01T10:00")
SANG = at("2030-04-09T18:00")
WORKSHOP = at("2030-06-22T18:00")
OPENED: dict[str, Copy] = {}
"""kind of database -> one in which the round is open and everybody has their part"""


def choirs(edits: dict[str, str] | None = None) -> Programme:
    folder = PROGRAMMES / "choirs"
    return programme(
        (folder / "workflow.toml").read_text("utf-8"), (folder / "rounds/2030.toml").read_text("utf-8"),
        name="choirs", edits=edits,
    )  # fmt: skip


@pytest.fixture
def contest(database: Database) -> Stage:
    stage, kind = Stage(database, choirs()), database.writer.dialect.name
    if kind in OPENED:
        OPENED[kind].write(database)
        return stage
    stage.cycle.open_round(stage.programme, "2030", by=STAFF, now=BEFORE)
    stage.cycle.add_person(stage.key, email=STAFF, name="Staff", language="en", role="staff", by=STAFF, now=BEFORE)
    for email, role, scope, chair in PARTS:
        stage.cycle.add_person(
            stage.key, email=email, name=email, language="en", role=role, chair=chair, scope=scope, by=STAFF, now=BEFORE
        )
    OPENED[kind] = Copy(database)
    return stage


def handed_in(stage: Stage, who: str, strand: str = "school", province: str = "Antwerp") -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=f"Choir of {who}", email=email, name=who, language="en", strand=strand, by=email,
        now=CALL,
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"title": who, "province": province}, by=email, now=CALL)
    stage.cycle.act(stage.key, number, "submit", by=email, now=CALL)
    return number


def slots(stage: Stage) -> dict[str, list[str]]:
    """meeting -> the dossiers that are heard there, in order."""
    found: dict[str, list[str]] = {}
    with stage.database.reading() as session:
        for meeting, number in session.exec(
            select(SlotRow.meeting, DossierRow.number)
            .join(DossierRow, col(DossierRow.id) == col(SlotRow.dossier_id))
            .order_by(col(SlotRow.meeting), col(SlotRow.position))
        ).all():
            found.setdefault(meeting, []).append(number)
    return found


def held(stage: Stage, name: str) -> int:
    """The number of the first meeting of that name."""
    return next(the_id(row) for row in stage.rows(MeetingRow) if row.name == name)


def asked_to(stage: Stage, name: str) -> list[tuple[str, str]]:
    """(address, role) of whom a meeting is for."""
    meeting = held(stage, name)
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, CALL)
        return [(one.email, one.role) for one in admitted(scene, find(scene, meeting))]


def invited(stage: Stage) -> list[tuple[str, str, bool]]:
    """(meeting, address, whether it is withdrawn) of every invitation."""
    meetings = {the_id(row): row.name for row in stage.rows(MeetingRow)}
    people = {the_id(row): row.email for row in stage.rows(PersonRow)}
    return [
        (meetings[row.meeting_id], people[row.person_id], row.cancelled_at is not None)
        for row in stage.rows(InvitationRow)
    ]


def moved_over(stage: Stage, number: str, name: str, value: str, now: int = HEARD) -> None:
    sets = stage.programme.workflow.transitions[name].sets or ""
    stage.cycle.act(stage.key, number, name, answers={sets: value}, by=STAFF, now=now)


# ── Which meetings there are ─────────────────────────────────────────────────


def test_a_round_has_a_meeting_for_each_strand_and_each_answer(contest: Stage) -> None:
    assert {(one.name, one.day, one.seats) for one in contest.rows(MeetingRow)} == {
        ("evening.school", "2030-01-14", 1), ("evening.town", "2030-01-15", 2),
        ("hearing.school", "2030-04-02", None), ("hearing.town", "2030-04-09", None),
        ("table.school", "2030-04-02", None), ("table.town", "2030-04-10", None),
        ("workshop.East Flanders", "2030-06-15", None), ("workshop.Antwerp", "2030-06-22", None),
        ("lunch.Antwerp", "2030-06-22", 2),
    }  # fmt: skip
    rules = contest.programme.rules_of("2030")
    assert rules.meetings["hearing.town"].title == "Hearing (Town choirs)"
    assert [one for one in rules.meetings if one.startswith("workshop")] == [
        "workshop.East Flanders", "workshop.Antwerp", "workshop.Limburg"
    ]  # fmt: skip


def test_an_answer_with_a_slash_names_a_meeting_all_the_same() -> None:
    rules = choirs({
        'provinces = ["East Flanders", ': 'provinces = ["East/West", "East Flanders", ',
        '[[meeting.workshop."East Flanders"]]': '[[meeting.workshop."East/West"]]',
    }).rules_of("2030")  # fmt: skip
    workshop = rules.meetings["workshop.East\N{DIVISION SLASH}West"]
    assert (workshop.scope, workshop.title) == ("East/West", "Workshop (East/West)")


def test_staff_plan_a_day_for_one_of_them_within_the_dates_of_its_strand(contest: Stage) -> None:
    """The hearings of the town choirs begin a week later than those of the schools."""
    early = Sitting(date(2030, 4, 3), time(10), time(12))
    contest.cycle.plan_meeting(contest.key, "hearing.school", early, by=STAFF, now=CALL)
    with refused("meeting") as sentences:
        contest.cycle.plan_meeting(contest.key, "hearing.town", early, by=STAFF, now=CALL)
    assert sentences == [
        '"Hearing (Town choirs)" takes place from 2030-04-08 to 2030-04-26 (during hearing)'
    ]  # fmt: skip
    with pytest.raises(Unknown, match=r'there is no meeting "hearing"; did you mean "hearing.town"'):
        contest.cycle.plan_meeting(contest.key, "hearing", early, by=STAFF, now=CALL)
    limburg = Sitting(date(2030, 6, 29))
    contest.cycle.plan_meeting(contest.key, "workshop.Limburg", limburg, by=STAFF, now=CALL)
    assert held(contest, "workshop.Limburg")


def test_a_hearing_has_no_slots_after_its_strand_closes() -> None:
    database = fresh()
    stage = Stage(database, choirs({
        "hearing = { from = 2030-04-01, to = 2030-04-26,": (
            "hearing = { from = 2030-04-01, to = 2030-04-26, school = { from = 2030-04-01, to = 2030-04-02T11:00:00 },"
        )
    })).open()  # fmt: skip
    with database.reading() as session:
        scene = stage.cycle.look(session, stage.key, CALL)
        days = [judge(scene, f"hearing.{strand}").day for strand in ("school", "town")]
    assert [(f"{one.first:%H:%M}", list(one.places)) for one in days] == [
        ("10:00", [1, 2]), ("13:00", [1, 2, 3, 4, 5, 6, 7, 8])
    ]  # fmt: skip


def test_without_per_there_is_one_meeting_for_all() -> None:
    rules = choirs({
        'during  = "hearing"\nper     = "strand"\nslots': 'during  = "hearing"\nslots',
        "[[meeting.hearing.school]]": "[[meeting.hearing]]",
        '\n[[meeting.hearing.town]]\non    = 2030-04-09\nfrom  = 13:00:00\nto    = 17:00:00\nplace = "Antwerp"\n': "",
    }).rules_of("2030")  # fmt: skip
    assert rules.meetings["hearing"].scope == ""
    assert list(rules.meetings_apart) == ["evening", "table", "workshop", "lunch"]


# ── Who comes to which ───────────────────────────────────────────────────────


def test_each_dossier_gets_a_slot_at_its_own_hearing(contest: Stage) -> None:
    strands = {"anna": "school", "bert": "town", "carl": "school"}
    first, second, third = (handed_in(contest, who, strand) for who, strand in strands.items())
    assert slots(contest) == {"hearing.school": [first, third], "hearing.town": [second]}


def test_whoever_speaks_for_a_dossier_or_sits_for_it_is_asked_to_its_meeting(contest: Stage) -> None:
    handed_in(contest, "anna", "school")
    handed_in(contest, "bert", "town")
    town = [(applicant("bert"), "applicant"), (TOWN, "jury"), (BOTH, "jury"), (WATCHES, "jury observer")]
    assert asked_to(contest, "hearing.town") == town
    assert asked_to(contest, "table.school") == [(SCHOOL, "jury"), (BOTH, "jury")]
    assert asked_to(contest, "table.town") == town[1:]
    with refused("state"):
        asked = [Asked(applicant("anna"), "applicant", "CH30-001")]
        contest.cycle.invite(contest.key, held(contest, "hearing.town"), asked, by=STAFF, now=CALL)


def test_each_evening_has_seats_of_its_own(contest: Stage) -> None:
    early = at("2030-01-08T10:00")
    seats = [
        contest.cycle.sign_up(
            contest.key, held(contest, name), email=f"{who}@reader.example", language="en", now=early
        )
        for name, who in (("evening.school", "a"), ("evening.school", "b"), ("evening.town", "a"),
                          ("evening.town", "b"), ("evening.town", "c"))
    ]  # fmt: skip
    assert seats == [None, 1, None, None, 1]


def test_a_seat_of_a_province_is_for_whoever_sings_there(contest: Stage) -> None:
    anna, bert = handed_in(contest, "anna", province="Antwerp"), handed_in(contest, "bert", province="Limburg")
    for number in (anna, bert):
        moved_over(contest, number, "move_house", "Antwerp" if number == anna else "Limburg")
    lunch = held(contest, "lunch.Antwerp")
    sign_up = {"language": "en", "now": HEARD}
    assert contest.cycle.sign_up(contest.key, lunch, email=applicant("anna"), **sign_up) is None
    with refused("seats"):
        contest.cycle.sign_up(contest.key, lunch, email=applicant("bert"), **sign_up)


# ── A dossier that goes to another ───────────────────────────────────────────


def test_a_dossier_that_changes_its_strand_comes_to_the_other_hearing(contest: Stage) -> None:
    anna, bert, carl = (handed_in(contest, who, "school") for who in ("anna", "bert", "carl"))
    dora = handed_in(contest, "dora", "town")
    moved_over(contest, bert, "move_over", "town")
    assert slots(contest) == {"hearing.school": [anna, carl], "hearing.town": [dora, bert]}
    taken = [one.details for one in contest.journal("slot taken")]
    assert [(one["meeting"], one["position"], one["because"]) for one in taken] == [("hearing.school", 2, "elsewhere")]
    moved_over(contest, bert, "move_over", "school")
    assert slots(contest) == {"hearing.school": [anna, bert, carl], "hearing.town": [dora]}


def test_who_is_asked_to_a_published_hearing_hears_that_they_need_not_come(contest: Stage) -> None:
    """The first of the reserve list gets the slot that frees; the other hearing is not planned without staff."""
    numbers = [handed_in(contest, who, "school") for who in ("a", "b", "c", "d", "e")]
    assert slots(contest)["hearing.school"] == numbers[:4]
    with contest.database.reading() as session:
        shown = judge(contest.cycle.look(session, contest.key, HEARD), "hearing.school").digest
    contest.cycle.publish_order(contest.key, "hearing.school", shown=shown, by=STAFF, now=HEARD)
    moved_over(contest, numbers[0], "move_over", "town", now=HEARD)
    assert slots(contest) == {"hearing.school": [numbers[4], *numbers[1:4]], "hearing.town": [numbers[0]]}
    mine = [one for one in invited(contest) if one[1] in (applicant("a"), applicant("e"))]
    assert mine == [("hearing.school", applicant("a"), True), ("hearing.school", applicant("e"), False)]


def test_a_slot_to_come_at_another_meeting_than_the_dossiers_own_is_found(contest: Stage) -> None:
    contest.tampered = "a slot goes to another meeting"
    handed_in(contest, "anna", "school")
    with contest.database.transaction() as session:
        session.connection().execute(sa.update(DossierRow).values(strand="town"))
    assert ("slots", ('CH30-001 has a slot in "hearing.school", which is not its meeting',)) in contest.broken()


def test_an_undone_change_gives_the_former_hearing_back(contest: Stage) -> None:
    anna = handed_in(contest, "anna", "school")
    batch = contest.cycle.move(contest.key, [anna], "move_over", by=STAFF, now=HEARD, value="town", undo_for=10**9)
    assert slots(contest) == {"hearing.town": [anna]}
    contest.cycle.undo(contest.key, batch, by=STAFF, now=HEARD + 1)
    assert slots(contest) == {"hearing.school": [anna]}


def test_another_answer_takes_invitation_and_seat_of_the_former_meeting_away(contest: Stage) -> None:
    anna = handed_in(contest, "anna", province="Antwerp")
    moved_over(contest, anna, "move_house", "Antwerp")
    asked = [Asked(applicant("anna"), "applicant", anna)]
    contest.cycle.invite(contest.key, held(contest, "workshop.Antwerp"), asked, by=STAFF, now=HEARD)
    contest.cycle.sign_up(
        contest.key, held(contest, "lunch.Antwerp"), email=applicant("anna"), language="en", now=HEARD
    )
    moved_over(contest, anna, "move_house", "Limburg")
    assert invited(contest) == [
        ("workshop.Antwerp", applicant("anna"), True), ("lunch.Antwerp", applicant("anna"), True)
    ]  # fmt: skip
    assert [one.state for one in contest.rows(SeatRow)] == ["given back"]


def test_an_answer_that_is_changed_while_the_form_is_open_changes_the_meeting(database: Database) -> None:
    """An afternoon for all who have begun, in each province its own."""
    stage = Stage(database, choirs({
        'open_to = "chosen"\nduring  = "work"\nper     = "province"\n\n': (
            'open_to = "draft"\nduring = "call"\nper = "province"\nslots = { count = 1, minutes = 10 }\n\n'
        ),
        'owed_by = "chosen"\nduring  = "work"\nattend  = "workshop"': (
            'owed_by = "draft"\nduring  = "call"\nattend  = "workshop"'
        ),
        'on    = 2030-06-15\nplace = "Ghent"': "on = 2030-02-15\nfrom = 10:00:00",
        'on    = 2030-06-22\nplace = "Mechelen"': "on = 2030-02-16\nfrom = 10:00:00",
    })).open()  # fmt: skip
    email = applicant("anna")
    number = stage.cycle.start_dossier(
        stage.key, organisation="Choir", email=email, name="anna", language="en", strand="town", by=email, now=CALL
    )
    for province, heard in (("Antwerp", ["workshop.Antwerp"]), ("East Flanders", ["workshop.East Flanders"]),
                            ("Limburg", [])):  # fmt: skip
        stage.cycle.answer(stage.key, number, {"province": province}, by=email, now=CALL)
        assert list(slots(stage)) == heard


def test_a_place_in_a_waiting_list_goes_with_the_former_meeting(contest: Stage) -> None:
    numbers = [handed_in(contest, who) for who in ("anna", "bert", "carl")]
    for who, number in zip(("anna", "bert", "carl"), numbers, strict=True):
        moved_over(contest, number, "move_house", "Antwerp")
        contest.cycle.sign_up(
            contest.key, held(contest, "lunch.Antwerp"), email=applicant(who), language="en", now=HEARD
        )
    moved_over(contest, numbers[2], "move_house", "Limburg")
    assert [one.state for one in contest.rows(SeatRow)] == ["held", "held", "given back"]
    moved_over(contest, numbers[0], "move_house", "Limburg")
    assert [one.state for one in contest.rows(SeatRow)] == ["given back", "held", "given back"]


# ── What was attended, and what is owed ──────────────────────────────────────


def test_attendance_is_of_the_meeting_that_the_rules_name(contest: Stage) -> None:
    anna, bert = handed_in(contest, "anna", "school"), handed_in(contest, "bert", "town")
    school = at("2030-04-02T12:00")
    contest.cycle.attend(contest.key, anna, "hearing", by=STAFF, now=school)
    with refused("early"):
        contest.cycle.attend(contest.key, bert, "hearing", by=STAFF, now=school)
    with refused("state"):
        contest.cycle.attend(contest.key, bert, "hearing.school", by=STAFF, now=SANG)
    contest.cycle.attend(contest.key, bert, "hearing.town", by=STAFF, now=SANG)
    assert [one.meeting for one in contest.rows(AttendanceRow)] == ["hearing", "hearing"]
    for number, chair in ((anna, SCHOOL), (bert, TOWN)):
        contest.cycle.declare_clear(contest.key, number, by=chair, now=SANG)
        contest.cycle.verdict(contest.key, number, "choose", by=chair, now=SANG)
    contest.cycle.advance(at("2030-04-27T12:00"))
    assert contest.states() == {anna: "chosen", bert: "chosen"}


def test_whoever_is_noted_at_the_door_came_for_the_dossier_and_whoever_is_excused_is(contest: Stage) -> None:
    anna, bert = handed_in(contest, "anna", "school"), handed_in(contest, "bert", "school")
    door = held(contest, "hearing.school")
    now = at("2030-04-02T12:00")
    contest.cycle.record_presence(contest.key, door, applicant("anna"), number=anna, by=STAFF, now=now)
    contest.cycle.record_presence(
        contest.key, door, applicant("bert"), number=bert, came=False, reason="ill", by=STAFF, now=now
    )
    owed = {row.dossier_id: (row.fulfilled_at, row.excused_at) for row in contest.rows(ObligationRow)}
    assert list(owed.values()) == [(now, None), (None, now)]
    late = handed_late(contest)
    with refused("state"):
        contest.cycle.record_presence(contest.key, door, applicant("late"), number=late, by=STAFF, now=SANG)
    contest.cycle.excuse(contest.key, late, "hearing.town", reason="a wedding", by=STAFF, now=SANG)
    assert [one.of for one in contest.rows(ExcuseRow)] == ["hearing", "hearing"]


def handed_late(stage: Stage) -> str:
    return stage.cycle.import_dossiers(
        stage.key,
        [Imported("Late choir", applicant("late"), "late", "en", state="heard", received_at=CALL, strand="town",
                  answers={"title": "Late", "province": "Limburg"})],
        by=STAFF, now=HEARD,
    )[0]  # fmt: skip


def test_what_was_attended_stays_so_in_another_strand(contest: Stage) -> None:
    anna = handed_in(contest, "anna", "school")
    contest.cycle.attend(contest.key, anna, "hearing", by=STAFF, now=at("2030-04-02T12:00"))
    moved_over(contest, anna, "move_over", "town", now=at("2030-04-02T13:00"))
    assert [one.fulfilled_at is not None for one in contest.rows(ObligationRow)] == [True]
    contest.cycle.declare_clear(contest.key, anna, by=TOWN, now=SANG)
    contest.cycle.verdict(contest.key, anna, "choose", by=TOWN, now=SANG)


# ── What people are told ─────────────────────────────────────────────────────


def test_a_letter_tells_each_of_its_own_hearing_and_staff_of_every_one(contest: Stage) -> None:
    handed_in(contest, "anna", "school")
    handed_in(contest, "bert", "town")
    heard = contest.ear.of("heard")
    assert [one.facts["meetings"] for one in heard] == [
        {"evening": "evening.school", "hearing": "hearing.school", "table": "table.school",
         "workshop": "workshop.Antwerp", "lunch": "lunch.Antwerp"},
        {"evening": "evening.town", "hearing": "hearing.town", "table": "table.town",
         "workshop": "workshop.Antwerp", "lunch": "lunch.Antwerp"},
    ]  # fmt: skip
    every = heard[0].shared["meetings"]["hearing"]
    assert [(one["of"], one["day"]) for one in every["sessions"]] == [
        ("Hearing (School choirs)", "2030-04-02"), ("Hearing (Town choirs)", "2030-04-09")
    ]  # fmt: skip
    letter = Renderer(Address("Els", addr_spec="els@fund.example"))
    person = {"person": {"name": "Anna"}}
    names = [letter.names_of(contest.programme, "en", one.shared, {**one.facts, **person}) for one in heard]
    assert [str(one["meeting"].hearing.when) for one in names] == [
        "Tuesday 2 April 2030, 10:00 to 12:00, Ghent", "Tuesday 9 April 2030, 13:00 to 17:00, Antwerp"
    ]  # fmt: skip


BY_THE_CALENDAR = {
    'to      = "heard"\nby      = "applicant"': 'to      = "kept"\nby      = "applicant"',
    "heard    = {": 'kept     = { title = "Kept", phase = "call" }\nheard    = {',
    'only_if = { form = "complete" }\ntell    = { applicant = "heard" }': (
        'only_if = { form = "complete" }\n\n'
        '[transition.bring]\nfrom = "kept"\nto = "heard"\nwhen = "call closes"\ntell = { applicant = "heard" }'
    ),
}
"""edits: whoever has handed in is invited by the calendar, all at once"""


def test_a_whole_cohort_gets_its_slots_and_hears_of_its_own_meetings(database: Database) -> None:
    stage = Stage(database, choirs(BY_THE_CALENDAR)).open()
    strands, provinces = ("school", "town", "town", "school", "town"), ("Limburg", "Antwerp", "Limburg")
    numbers = [
        handed_in(stage, f"choir{place}", strand, provinces[place % 3]) for place, strand in enumerate(strands)
    ]
    stage.cycle.advance(at("2030-03-02T10:00"))
    assert slots(stage) == {
        "hearing.school": [numbers[0], numbers[3]], "hearing.town": [numbers[1], numbers[2], numbers[4]]
    }  # fmt: skip
    (heard,) = stage.ear.of("heard")
    told = [one["meetings"] for one in heard.told.facts_of.values()]
    assert [(one["hearing"], one["workshop"]) for one in told] == [
        (f"hearing.{strand}", f"workshop.{provinces[place % 3]}") for place, strand in enumerate(strands)
    ]  # fmt: skip
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, at("2030-03-02T10:00"))
        alone = [meetings_of_dossier(session, scene.workflow, scene.dossier(number)) for number in numbers]
    assert told == alone
