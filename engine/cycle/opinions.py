"""What does a member of a committee record about a dossier: marks, words, a conflict or that there is none?"""

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import insert, update
from sqlmodel import col, select

from engine.cycle.acting import window_refusal
from engine.cycle.assigning import end_assignments
from engine.cycle.late_moves import late_moves
from engine.cycle.own_time import own_times, within_refusal
from engine.cycle.own_windows import instants_of, own_window_refusal
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import (
    ClearanceRow,
    CommentRow,
    ConflictRow,
    DossierRow,
    PersonRow,
    RecommendationRow,
    ScoreRow,
)
from engine.database.store import has_conflict, is_reader, the_id
from engine.errors import Refusal, Unknown, did_you_mean
from engine.faults import point
from engine.rules.assessing import UNDECLARED, assessment_in, criteria_of
from engine.rules.marks import is_on_scale
from engine.rules.roles import decisions_from, judging_committee, may_judge, must_be_staff, reading_committee
from engine.rules.timers import over_at
from engine.rules.workflow import Assessment, Criterion

Reader = Literal["applicant", "committee"]


def _not_under_decision(dossier: DossierRow, committee: str | None) -> Refusal | None:
    if committee:
        return None
    sentence = f'no committee judges {dossier.number} while it is "{dossier.state}"'
    return Refusal("state", sentence, {"because": "not under decision"})


def off_its_scale(criterion: Criterion, mark: float) -> Refusal | None:
    """Why a mark cannot be given for a criterion, or None."""
    if is_on_scale(criterion, mark):
        return None
    if criterion.words:
        sentence = f'"{criterion.name}" has {len(criterion.words)} marks, and {mark:g} is the place of none'
        return Refusal("mark", sentence, {"because": "words", "criterion": criterion.title})
    worst, best = criterion.scale
    sentence = f'"{criterion.name}" is marked from {worst} to {best}, and {mark:g} was given'
    facts = {"criterion": criterion.title, "worst": worst, "best": best, "mark": mark}
    return Refusal("mark", sentence, facts)


def scoring_refusal(scene: Scene, dossier: DossierRow, assessment: Assessment) -> Refusal | None:
    """Why it is too early or too late for marks in an assessment, by the dates of the dossier or of its batch; or
    None."""
    by_dates = window_refusal(assessment.window, scene.calendar_of(dossier), scene.now)
    return by_dates or own_window_refusal(scene, dossier, assessment.own_window) or within_refusal(
        scene, dossier, assessment
    )


def scoring_ends(scene: Scene, dossier: DossierRow) -> int | None:
    """The first instant at which a dossier is scored no more, where its own days or those of its batch say so."""
    assessment = assessment_in(scene.workflow, dossier.state)
    if assessment is not None and assessment.window is not None:
        return scene.calendar_of(dossier).window(assessment.window)[1]
    if assessment is not None and assessment.own_window is not None:
        return instants_of(scene, dossier, assessment.own_window)[1]
    own = next((one for one in own_times(scene, dossier) if isinstance(one.rule, Assessment)), None)
    return None if own is None else over_at(own.last_day, scene.calendar.zone)


def score(scene: Scene, dossier: DossierRow, marks: Mapping[str, float], *, by: str) -> None:
    """A member's marks, one a criterion; a new mark replaces the member's earlier one. Of words the place is given.

    Raises Refused for an unknown criterion, a mark off its scale, a conflict, or a dossier nobody decides on.
    """
    person = scene.person(by)
    assessment = assessment_in(scene.workflow, dossier.state)
    criteria = criteria_of(scene.workflow, assessment) or scene.workflow.criteria
    reasons: list[Refusal | None] = [_not_under_decision(dossier, assessment.by if assessment else None)]
    if assessment:
        against = may_judge(assessment.by, standing_of(scene, person, dossier))
        reasons.append(against)
        reasons.append(scoring_refusal(scene, dossier, assessment))
        if against is None and assessment.readers and not is_reader(
            scene.session, scene.workflow, the_id(dossier), dossier.state, the_id(person)
        ):
            sentence = f"{dossier.number} is scored by those members to whom it was given"
            reasons.append(Refusal("reader", sentence, {"number": dossier.number}))
    for name, mark in marks.items():
        if name not in criteria:
            reasons.append(Refusal("criterion", f'there is no criterion "{name}"{did_you_mean(name, criteria)}'))
            continue
        reasons.append(off_its_scale(criteria[name], mark))
    refuse(reasons)
    assert assessment is not None
    scene.session.connection().execute(
        update(ScoreRow)
        .where(
            col(ScoreRow.dossier_id) == dossier.id,
            col(ScoreRow.assessment) == assessment.name,
            col(ScoreRow.person_id) == person.id,
            col(ScoreRow.criterion).in_(marks),
            col(ScoreRow.replaced_at).is_(None),
        )
        .values(replaced_at=scene.now)
    )
    point("marks replaced")
    if marks:
        scene.session.connection().execute(
            insert(ScoreRow),
            [
                {"dossier_id": dossier.id, "criterion": name, "person_id": person.id, "mark": float(mark),
                 "scored_at": scene.now, "assessment": assessment.name}
                for name, mark in marks.items()
            ],
        )  # fmt: skip
    point("marks written")
    scene.note("scored", by, dossier=dossier, marks=dict(marks), assessment=assessment.name or None)
    late_moves(scene, dossier)


def recommend(scene: Scene, dossier: DossierRow, words: str, *, by: str, advises: str | None = None) -> None:
    """A member's written recommendation, which the applicant reads; it replaces the member's earlier one.

    `advises` is the decision that the member would take: a transition of the committee from where the dossier stands.
    Raises Unknown for another name.
    """
    person = scene.person(by)
    committee = judging_committee(scene.workflow, dossier.state)
    standing = standing_of(scene, person, dossier)
    decisions = decisions_from(scene.workflow, dossier.state)
    if advises is not None and committee and advises not in decisions:
        raise Unknown(f'decision on a dossier that is "{dossier.state}"', advises, decisions)
    refuse([
        _not_under_decision(dossier, committee),
        may_judge(committee, standing) if committee and must_be_staff(standing) else None,
        None if words.strip() else Refusal("words", "a recommendation is written in words"),
    ])  # fmt: skip
    assert committee is not None
    assessment = assessment_in(scene.workflow, dossier.state)
    within = assessment.name if assessment else UNDECLARED
    earlier = scene.session.exec(
        select(RecommendationRow).where(
            col(RecommendationRow.dossier_id) == dossier.id, col(RecommendationRow.person_id) == person.id,
            col(RecommendationRow.assessment) == within, col(RecommendationRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    if earlier:
        earlier.replaced_at = scene.now
        scene.session.add(earlier)
        scene.session.flush()
    scene.session.add(
        RecommendationRow(
            dossier_id=the_id(dossier), person_id=the_id(person), committee=committee, assessment=within,
            words=words.strip(), advises=advises, written_at=scene.now,
        )
    )  # fmt: skip
    point("recommendation written")
    scene.note("recommended", by, dossier=dossier, advises=advises, assessment=within or None)
    late_moves(scene, dossier)


def comment(scene: Scene, dossier: DossierRow, words: str, *, reader: Reader, by: str) -> None:
    """A member's words to the applicant, who reads them with a verdict, or a note that stays in the committee.

    They replace the member's earlier ones to that reader; empty words take these back.
    """
    if reader not in ("applicant", "committee"):
        raise Unknown("reader of a comment", reader, ("applicant", "committee"))
    person = scene.person(by)
    committee = judging_committee(scene.workflow, dossier.state)
    refuse([
        _not_under_decision(dossier, committee),
        may_judge(committee, standing_of(scene, person, dossier)) if committee else None,
    ])  # fmt: skip
    assert committee is not None
    words = words.strip()
    earlier = scene.session.exec(
        select(CommentRow).where(
            col(CommentRow.dossier_id) == dossier.id, col(CommentRow.person_id) == person.id,
            col(CommentRow.reader) == reader, col(CommentRow.replaced_at).is_(None),
        )
    ).first()  # fmt: skip
    if words == (earlier.words if earlier else ""):
        return
    if earlier:
        earlier.replaced_at = scene.now
        scene.session.add(earlier)
        scene.session.flush()
        point("comment replaced")
    if words:
        scene.session.add(
            CommentRow(
                dossier_id=the_id(dossier), person_id=the_id(person), committee=committee, reader=reader, words=words,
                written_at=scene.now,
            )
        )  # fmt: skip
        scene.session.flush()
        point("comment written")
    scene.note("commented" if words else "comment taken back", by, dossier=dossier, reader=reader)


def _clearance(scene: Scene, dossier: DossierRow, person: PersonRow) -> ClearanceRow | None:
    return scene.session.exec(
        select(ClearanceRow).where(
            col(ClearanceRow.dossier_id) == dossier.id, col(ClearanceRow.person_id) == person.id
        )
    ).first()


def _minuted(scene: Scene, by: str, of: str | None) -> tuple[str | None, Refusal | None]:
    """Of whom staff write down what she said to them, as the journal has it; and why whoever acts may not."""
    if of is None or of.strip().lower() == by.strip().lower():
        return None, None
    return scene.person(of).email, must_be_staff(standing_of(scene, scene.person(by)))


def _declared_already(person: PersonRow, told: str | None) -> Refusal:
    if told is None:
        return Refusal("conflict", "you have already declared this conflict")
    member = person.name or person.email
    sentence = f"{member} has already declared this conflict"
    return Refusal("conflict", sentence, {"because": "declared", "member": member})


def declare_clear(scene: Scene, dossier: DossierRow, *, by: str, of: str | None = None) -> None:
    """A member answers that nothing ties them to the applicant, and reads the dossier from now on; once is enough.

    Staff may write down what a member (`of`) told them.
    """
    person = scene.person(of or by)
    told, against = _minuted(scene, by, of)
    # whoever puts it in order, or has something to hand in or to accept, reads it as well as whoever judges it
    committee = reading_committee(scene.workflow, dossier.state)
    refuse([
        against,
        _not_under_decision(dossier, committee),
        may_judge(committee, standing_of(scene, person, dossier)) if committee else None,
    ])  # fmt: skip
    if _clearance(scene, dossier, person):
        return
    scene.session.add(
        ClearanceRow(dossier_id=the_id(dossier), person_id=the_id(person), declared_at=scene.now)
    )
    scene.session.flush()
    point("clearance written")
    scene.note("declared clear", by, dossier=dossier, of=told)


def declare_conflict(
    scene: Scene, dossier: DossierRow, *, by: str, reason: str | None, of: str | None = None
) -> None:
    """A committee member steps back from a dossier: no marks, no recommendation, no letters about it from now on.

    Staff may write down what a member (`of`) told them. Whoever was asked first to judge it is so no more.
    """
    person = scene.person(of or by)
    told, against = _minuted(scene, by, of)
    standing = standing_of(scene, person, dossier)
    refuse([
        against,
        None if standing.roles & set(scene.workflow.committees) else
        Refusal("role", "only members of a committee declare a conflict", {"because": "member"}),
        _declared_already(person, told)
        if has_conflict(scene.session, the_id(dossier), the_id(person)) else None,
    ])  # fmt: skip
    scene.session.add(
        ConflictRow(dossier_id=the_id(dossier), person_id=the_id(person), reason=reason, declared_at=scene.now)
    )
    clearance = _clearance(scene, dossier, person)
    if clearance:
        clearance.ended_at = scene.now
        scene.session.add(clearance)
    point("conflict written")
    scene.note("conflict declared", by, dossier=dossier, reason=reason, of=told)
    end_assignments(scene, person, by=by, dossier=dossier)
