"""Do Python and SQL say the same of an applicant's other dossiers, whatever was handed in before and by whom?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

import pytest
import sqlalchemy as sa
from database_rows import a_person, a_round, put
from databases import BOTH, fresh_on
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from samples import sample_workflow
from sqlmodel import Session, col, select

from engine.database.across import When
from engine.database.cohort.guards import hold
from engine.database.connection import Database
from engine.database.records import (
    AnswerRow,
    ContactRow,
    DossierRow,
    LiftRow,
    PersonRow,
    RoleRow,
    SameOrganisationRow,
    TransitionRow,
)
from engine.database.store import facts_of, the_id
from engine.rules.conditions import Guard, Once, Reach, Recent
from engine.rules.guards import judge
from engine.rules.moments import to_instant
from engine.rules.organisations import key_of
from engine.rules.questions import Question
from engine.rules.times import Span
from engine.rules.workflow import Committee, State, Workflow

ZONE = "Europe/Brussels"
NOW = to_instant(date(2030, 3, 31), time(9), ZONE)
DAY = 86_400_000_000
NAMES = ("De Brug", "DE BRÜG", "Le Pont", "Een huis", "  ")
STATES = ("draft", "handed", "prize", "withdrawn")


def rules(*questions: Question) -> Workflow:
    states = {name: State(name, name, name, name, frees_place=name == "withdrawn") for name in STATES}
    jury = {"jury": Committee("jury", "Jury")}
    return sample_workflow(
        begins_in="draft", ends_in=("withdrawn",), committees=jury, states=states,
        questions={one.name: one for one in questions},
    )  # fmt: skip


REACHES = st.one_of(
    st.just(Reach()),
    st.builds(Reach, rounds=st.integers(1, 3)),
    st.builds(Reach, span=st.builds(Span, st.integers(1, 3), st.sampled_from(["day", "month", "year"]))),
)
EACH = {
    "once_per": st.builds(
        lambda of, reach: Guard("once_per", (Once(of, reach),)), st.sampled_from(["person", "organisation"]), REACHES
    ),
    **{
        word: st.lists(st.builds(Recent, st.sampled_from(STATES[1:]), REACHES), min_size=1, max_size=2).map(
            lambda states, word=word: Guard(word, tuple(states))
        )
        for word in ("clear_of", "follows")
    },
    "member_of": st.just(Guard("member_of", "jury")),
}
"""the guards that are drawn, by their words"""
GUARDS = st.one_of(*EACH.values())
AGO = st.sampled_from([0, 1, 2, 28, 29, 30, 31, 32, 59, 365, 366, 730, 731, 1096])
"""days, about which the last one counts and the first one does not"""


@dataclass(frozen=True)
class Old:
    """One dossier of the past, or of today."""

    round: int
    organisation: str
    people: frozenset[int]
    state: str
    received: int | None
    handed_by: int | None
    entered: tuple[tuple[str, int, bool], ...]
    """(state, days ago, whether it was taken back)"""
    names: int | None
    lifted: str | None


DOSSIERS = st.builds(
    Old, round=st.integers(0, 3), organisation=st.sampled_from(NAMES), people=st.frozensets(st.integers(0, 3)),
    state=st.sampled_from(STATES), received=st.one_of(st.none(), AGO),
    handed_by=st.one_of(st.none(), st.integers(0, 3)),
    entered=st.lists(st.tuples(st.sampled_from(STATES[1:]), AGO, st.booleans()), max_size=2).map(tuple),
    names=st.one_of(st.none(), st.integers(0, 3)),
    lifted=st.sampled_from([None, None, None, "once_per", "clear_of", "follows"]),
)  # fmt: skip


@pytest.fixture(scope="module", params=BOTH)
def either(request: pytest.FixtureRequest) -> Database:  # type: ignore[misc]
    with fresh_on(request.param) as opened:
        yield opened  # type: ignore[misc]


def fill(session: Session, dossiers: Sequence[Old], joined: Sequence[str]) -> list[DossierRow]:
    """Write the dossiers, in rounds of the sample programme and one of another, and which names are one."""
    rounds = [a_round(session, str(2026 + place)) for place in range(4)]
    people = [a_person(session, f"p{place}@applicant.example") for place in range(4)]
    for round_id in rounds[:2]:
        put(session, RoleRow(round_id=round_id, person_id=people[0], role="jury", since=0))
    rows = []
    for place, one in enumerate(dossiers):
        row = put(
            session,
            DossierRow(
                round_id=rounds[one.round], number=f"SG-{place}", organisation=one.organisation,
                organisation_key=key_of(one.organisation), state=one.state, entered_at=0, started_at=0,
                received_at=None if one.received is None else NOW - one.received * DAY,
            ),
        )  # fmt: skip
        rows.append(row)
        of = the_id(row)
        for person in sorted(one.people):
            put(session, ContactRow(dossier_id=of, person_id=people[person], since=0))
        moves = [("draft", "handed", 2_000, False, one.handed_by)] if one.handed_by is not None else []
        moves += [("handed", state, ago, undone, None) for state, ago, undone in one.entered]
        for source, target, ago, undone, by in moves:
            move = put(
                session,
                TransitionRow(
                    dossier_id=of, name="moved", source=source, target=target, at=NOW - ago * DAY, recorded_at=0,
                    person_id=None if by is None else people[by],
                ),
            )  # fmt: skip
            if undone:
                put(
                    session,
                    TransitionRow(
                        dossier_id=of, name="taken back", source=target, target=source, at=NOW, recorded_at=0,
                        undoes_id=move.id,
                    ),
                )  # fmt: skip
        if one.names is not None:
            named = f"small-grants/{2026 + one.round}/SG-{one.names}"
            put(
                session,
                AnswerRow(dossier_id=of, question="earlier", version=1, value=named, given_at=0, given_by=people[0]),
            )
        if one.lifted:
            put(session, LiftRow(dossier_id=of, guard=one.lifted, reason="ours", lifted_at=0, lifted_by=people[0]))
    for name in dict.fromkeys(map(key_of, joined)) if len(set(map(key_of, joined))) > 1 else ():
        put(
            session,
            SameOrganisationRow(
                programme="small-grants", key=name, same_as=key_of(joined[0]), round_id=rounds[0], said_at=0,
                said_by=people[0],
            ),
        )  # fmt: skip
    return rows


TWO_YEARS = Reach(span=Span(2, "year"))
MINE = Old(1, "De Brug", frozenset({1}), "draft", None, None, (), 0, None)
THEIRS = Old(0, "Le Pont", frozenset({2}), "handed", 31, 1, (("prize", 365, False), ("prize", 366, True)), None, None)


World = tuple[list[Old], tuple[Guard, ...], list[str], bool, int]
"""dossiers, guards, names that are one, whether the form asks for an earlier dossier, and who acts"""
WORLDS = st.tuples(
    st.lists(DOSSIERS, min_size=2, max_size=5), st.lists(GUARDS, min_size=1, max_size=2).map(tuple),
    st.lists(st.sampled_from(NAMES[:4]), max_size=3), st.booleans(), st.integers(0, 1),
)  # fmt: skip


@settings(max_examples=12, phases=(Phase.explicit, Phase.generate), deadline=None)
@example(([THEIRS, MINE], (Guard("once_per", (Once("person", Reach(span=Span(1, "month"))),)),), [], False, 0))
@example(([THEIRS, MINE], (Guard("clear_of", (Recent("prize", TWO_YEARS),)),), ["Le Pont", "De Brug"], False, 0))
@example(([THEIRS, MINE], (Guard("follows", (Recent("prize", Reach(rounds=1)),)),), [], True, 0))
@given(WORLDS)
def test_every_guard_about_applicants_holds_in_python_where_it_holds_in_sql(either: Database, world: World) -> None:
    compare(either, *world)


@pytest.mark.slow
@settings(max_examples=600, phases=(Phase.generate,), deadline=None)
@given(WORLDS)
def test_many_worlds_hold_alike(either: Database, world: World) -> None:
    compare(either, *world)


def compare(
    database: Database, dossiers: list[Old], guards: tuple[Guard, ...], joined: list[str], asks: bool, actor: int
) -> None:
    workflow = rules(*([Question("earlier", "Which one?", "dossier")] if asks else []))
    when = When(NOW, ZONE, "BE")
    with database.trying() as session:
        rows = fill(session, dossiers, joined)
        person = session.exec(select(PersonRow.id).where(col(PersonRow.email) == f"p{actor}@applicant.example")).one()
        wanted = hold(guards, workflow, when=when, person=sa.literal(person))
        in_sql = set(session.exec(select(DossierRow.number).where(wanted).order_by(col(DossierRow.id))).all())
        in_python = {
            row.number
            for row in rows
            if not judge(guards, facts_of(session, workflow, row, guards, when=when, person_id=person), workflow)
        }
        assert in_sql == in_python
