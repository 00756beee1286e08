"""Who holds a place, and from when until when?"""

import pytest
from database_rows import a_dossier, a_round, a_verdict, moved
from samples import sample_workflow
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from engine.database.records import DossierRow
from engine.database.store import places_held, standing_verdict, the_id

WORKFLOW = sample_workflow()


def held(session: Session, round_id: int, *, besides: int | None = None) -> int:
    return places_held(session, WORKFLOW, round_id, "awarded", besides=besides)


def test_nobody_holds_a_place_at_first(session: Session, round_id: int) -> None:
    a_dossier(session, round_id, "SG19-001")
    assert held(session, round_id) == 0


def test_a_place_is_held_from_entering_on_whatever_follows(
    session: Session, round_id: int, dossier: DossierRow
) -> None:
    moved(session, dossier, "awarded")
    assert held(session, round_id) == 1
    moved(session, dossier, "completed")
    assert held(session, round_id) == 1


def test_a_place_is_given_back_in_a_state_that_frees_it_and_held_again_on_entering_again(
    session: Session, round_id: int, dossier: DossierRow
) -> None:
    moved(session, dossier, "awarded", "withdrawn")
    assert held(session, round_id) == 0
    moved(session, dossier, "in_review", "awarded")
    assert held(session, round_id) == 1


def test_one_dossier_holds_one_place_however_often_it_entered(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    moved(session, dossier, "awarded", "in_review", "awarded", "in_review")
    a_verdict(session, dossier, "award", ann)
    assert held(session, round_id) == 1


def test_a_standing_verdict_holds_the_place_that_it_will_bring(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    a_verdict(session, dossier, "award", ann)
    a_verdict(session, a_dossier(session, round_id, "SG19-002"), "turn_down", ann)
    a_verdict(session, a_dossier(session, round_id, "SG19-003"), "award", ann, ended_at=5, ending="replaced")
    assert held(session, round_id) == 1


def test_a_verdict_on_a_dossier_that_has_gone_elsewhere_holds_nothing(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    a_verdict(session, dossier, "award", ann)
    moved(session, dossier, "withdrawn")
    assert held(session, round_id) == 0


def test_any_transition_into_the_state_holds_a_place(session: Session, round_id: int, dossier: DossierRow) -> None:
    """What was brought in, or corrected by staff, counts like an award."""
    moved(session, dossier, "awarded")  # by a transition that the workflow does not know
    assert held(session, round_id) == 1


def test_the_dossier_that_is_judged_does_not_stand_in_its_own_way(
    session: Session, round_id: int, dossier: DossierRow, ann: int
) -> None:
    other = a_dossier(session, round_id, "SG19-002")
    a_verdict(session, dossier, "award", ann)
    moved(session, other, "awarded")
    assert held(session, round_id) == 2
    assert held(session, round_id, besides=the_id(dossier)) == 1
    assert held(session, round_id, besides=the_id(other)) == 1


def test_places_are_those_of_one_round(session: Session, round_id: int, ann: int) -> None:
    other = a_round(session, "2020")
    moved(session, a_dossier(session, other, "SG20-001"), "awarded")
    a_verdict(session, a_dossier(session, other, "SG20-002"), "award", ann)
    assert (held(session, round_id), held(session, other)) == (0, 2)


def test_one_verdict_stands_at_most(session: Session, dossier: DossierRow, ann: int) -> None:
    a_verdict(session, dossier, "award", ann, ended_at=1, ending="replaced")
    a_verdict(session, dossier, "award", ann)
    standing = standing_verdict(session, the_id(dossier))
    assert standing is not None
    assert (standing.transition, standing.ended_at) == ("award", None)
    with pytest.raises(IntegrityError), session.begin_nested():
        a_verdict(session, dossier, "turn_down", ann)
