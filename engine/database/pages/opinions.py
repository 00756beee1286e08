"""What do the members of a committee say of one dossier?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.records import (
    CommentRow,
    ConflictRow,
    PersonRow,
    RecommendationRow,
    ScoreRow,
    SetAsideRow,
    VerdictRow,
)
from engine.database.sitting import elsewhere
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one member says now. What a member with a `conflict` said before does not count, nor do marks that were set
    aside."""

    person_id: int
    name: str
    email: str
    marks: Mapping[str, float] = field(default_factory=dict)
    comment: str = ""
    """to the applicant"""
    note: str = ""
    """to the committee"""
    recommendation: str = ""
    advises: str | None = None
    conflict: bool = False
    aside: str | None = None
    """why the marks were set aside, where they were"""

    @property
    def says_something(self) -> bool:
        return bool(self.marks or self.comment or self.note or self.recommendation)


def opinions(
    session: Session, dossier_id: int, *, assessment: str = "", only: int | None = None
) -> Sequence[Opinion]:
    """What the members say of a dossier, in the order in which they first said something; of one (`only`), if asked.

    Marks and recommendations are those of an `assessment`, where the workflow declares some: who said something in
    another one alone is not there.

    Who sits in another committee of that name than the one before which it lies now says nothing there.
    Whether whoever asks may see the others' is for `engine.rules.roles.may_see_scores` to say.
    """
    scores = select(ScoreRow).where(
        col(ScoreRow.dossier_id) == dossier_id, col(ScoreRow.replaced_at).is_(None),
        col(ScoreRow.assessment) == assessment,
    )  # fmt: skip
    comments = select(CommentRow).where(
        col(CommentRow.dossier_id) == dossier_id, col(CommentRow.replaced_at).is_(None)
    )
    written = select(RecommendationRow).where(
        col(RecommendationRow.dossier_id) == dossier_id, col(RecommendationRow.replaced_at).is_(None),
        col(RecommendationRow.assessment) == assessment,
    )  # fmt: skip
    people = select(PersonRow)
    if only is None:
        said = sa.union(
            *(
                sa.select(col(table.person_id)).where(col(table.dossier_id) == dossier_id, ~elsewhere(None, table))
                for table in (ScoreRow, CommentRow, RecommendationRow)
            )
        )
        people = people.where(col(PersonRow.id).in_(said))
    else:
        scores = scores.where(col(ScoreRow.person_id) == only)
        comments = comments.where(col(CommentRow.person_id) == only)
        written = written.where(col(RecommendationRow.person_id) == only)
        people = people.where(col(PersonRow.id) == only)
    marks: dict[int, dict[str, float]] = {}
    for mark in session.exec(scores.order_by(col(ScoreRow.id))).all():
        marks.setdefault(mark.person_id, {})[mark.criterion] = mark.mark
    words = {(row.person_id, row.reader): row.words for row in session.exec(comments).all()}
    recommended = {row.person_id: row for row in session.exec(written).all()}
    conflicted = set(
        session.exec(select(ConflictRow.person_id).where(col(ConflictRow.dossier_id) == dossier_id)).all()
    )
    aside = dict(
        session.exec(
            select(SetAsideRow.person_id, SetAsideRow.reason).where(
                col(SetAsideRow.dossier_id) == dossier_id, col(SetAsideRow.assessment) == assessment,
                col(SetAsideRow.ended_at).is_(None),
            )
        ).all()
    )  # fmt: skip
    found = []
    for person in session.exec(people.order_by(col(PersonRow.id))).all():
        number = the_id(person)
        recommendation = recommended.get(number)
        found.append(
            Opinion(
                number, person.name, person.email, marks.get(number, {}), words.get((number, "applicant"), ""),
                words.get((number, "committee"), ""), recommendation.words if recommendation else "",
                recommendation.advises if recommendation else None, number in conflicted,
                aside.get(number),
            )
        )  # fmt: skip
    return [one for one in found if one.says_something or only is not None]


@dataclass(frozen=True, slots=True)
class ToldWithVerdict:
    """What the applicant reads of the committee's words: as they stood when the last verdict took effect."""

    took_effect_at: int | None = None
    recommendations: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def took_effect(self) -> bool:
        return self.took_effect_at is not None


def told_with_verdict(session: Session, dossier_id: int) -> ToldWithVerdict:
    """Recommendations and comments to the applicant; nothing before a verdict took effect, and never who wrote them."""
    last = session.exec(
        select(sa.func.max(col(VerdictRow.ended_at))).where(
            col(VerdictRow.dossier_id) == dossier_id, col(VerdictRow.ending) == "took effect"
        )
    ).one()
    if last is None:
        return ToldWithVerdict()
    recommendations = session.exec(
        select(RecommendationRow.words)
        .where(
            col(RecommendationRow.dossier_id) == dossier_id,
            col(RecommendationRow.written_at) <= last,
            sa.or_(col(RecommendationRow.replaced_at).is_(None), col(RecommendationRow.replaced_at) > last),
            ~elsewhere(col(RecommendationRow.committee), RecommendationRow),
        )
        .order_by(col(RecommendationRow.id))
    ).all()
    comments = session.exec(
        select(CommentRow.words)
        .where(
            col(CommentRow.dossier_id) == dossier_id,
            col(CommentRow.reader) == "applicant",
            col(CommentRow.written_at) <= last,
            sa.or_(col(CommentRow.replaced_at).is_(None), col(CommentRow.replaced_at) > last),
            ~elsewhere(col(CommentRow.committee), CommentRow),
        )
        .order_by(col(CommentRow.id))
    ).all()
    return ToldWithVerdict(last, tuple(recommendations), tuple(comments))
