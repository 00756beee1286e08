"""Who is expected at a meeting, what did they answer, and who of them came?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.database.pages.admitted import speaking
from engine.database.records import ConflictRow, DossierRow, InvitationRow, MeetingRow, PersonRow, PresenceRow, RoundRow
from engine.rules.workflow import Workflow

A_PAGE = 100
ANSWERS = ("accepted", "tentative", "declined", "none")


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is asked to a meeting, or is noted there; `uid` is empty for who was not asked."""

    person_id: int
    name: str
    email: str
    number: str | None
    organisation: str | None
    uid: str | None
    role: str | None
    answer: str | None
    answered_at: int | None
    answered_via: str | None
    words: str | None
    wants_other: str | None
    presence_id: int | None
    came: bool | None
    reason: str | None
    recorded_at: int | None
    recorded_by: str | None

    @property
    def called(self) -> str:
        return self.name or self.email

    @property
    def key(self) -> str:
        """What tells this line from all others in a form."""
        return f"{self.email}|{self.number or ''}"


def expected(
    session: Session,
    workflow: Workflow,
    meeting: MeetingRow,
    *,
    looker: int,
    wanted: str = "",
    only: str = "",
    limit: int = A_PAGE,
    offset: int = 0,
) -> tuple[Sequence[Expected], int]:
    """Some of those who are asked, may come or are noted, by name, and how many they are; two questions.

    `wanted` stands in a name, an address, a number or an organisation; `only` is `asked`, an answer, `none`,
    `came`, `excused` or `missing`. Nobody of a dossier that the `looker` (a person) has a conflict with.
    """
    pairs, invited, noted = _pairs(workflow, meeting), aliased(InvitationRow), aliased(PresenceRow)
    by = aliased(PersonRow)
    of = sa.func.coalesce(pairs.c.dossier_id, 0)
    joined = (
        sa.select(pairs.c.person_id)
        .select_from(pairs)
        .join(PersonRow, col(PersonRow.id) == pairs.c.person_id)
        .outerjoin(DossierRow, col(DossierRow.id) == pairs.c.dossier_id)
        .outerjoin(
            invited,
            sa.and_(
                col(invited.meeting_id) == meeting.id, col(invited.person_id) == pairs.c.person_id,
                sa.func.coalesce(col(invited.dossier_id), 0) == of, col(invited.cancelled_at).is_(None),
            ),
        )
        .outerjoin(
            noted,
            sa.and_(
                col(noted.meeting_id) == meeting.id, col(noted.person_id) == pairs.c.person_id,
                sa.func.coalesce(col(noted.dossier_id), 0) == of, col(noted.ended_at).is_(None),
            ),
        )
        .outerjoin(by, col(by.id) == col(noted.recorded_by))
        .where(
            ~_tied(pairs.c.dossier_id, looker), *_like(wanted), *_only(only, invited, noted),
        )
    )  # fmt: skip
    rows = session.connection().execute(
        joined.with_only_columns(
            pairs.c.person_id, col(PersonRow.name), col(PersonRow.email), col(DossierRow.number),
            col(DossierRow.organisation), col(invited.uid), col(invited.role), col(invited.answer),
            col(invited.answered_at), col(invited.answered_via), col(invited.words), col(invited.wants_other),
            col(noted.id), col(noted.came), col(noted.reason), col(noted.recorded_at),
            sa.func.coalesce(sa.func.nullif(col(by.name), ""), col(by.email)), maintain_column_froms=True,
        )
        .order_by(sa.func.lower(col(PersonRow.name)), col(PersonRow.email), of)
        .limit(limit)
        .offset(offset)
    ).all()  # fmt: skip
    total = session.connection().execute(
        joined.with_only_columns(sa.func.count(), maintain_column_froms=True)
    ).scalar_one()
    return [Expected(*row) for row in rows], total


def _tied(dossier_id: Any, person_id: int) -> sa.ColumnElement[bool]:
    return sa.exists().where(col(ConflictRow.dossier_id) == dossier_id, col(ConflictRow.person_id) == person_id)


def _pairs(workflow: Workflow, meeting: MeetingRow) -> sa.Subquery:
    """(person, dossier) of each line."""
    asked = sa.select(col(InvitationRow.person_id), col(InvitationRow.dossier_id)).where(
        col(InvitationRow.meeting_id) == meeting.id, col(InvitationRow.cancelled_at).is_(None)
    )
    noted = sa.select(col(PresenceRow.person_id), col(PresenceRow.dossier_id)).where(
        col(PresenceRow.meeting_id) == meeting.id, col(PresenceRow.ended_at).is_(None)
    )
    return asked.union(noted, speaking(workflow, meeting)).subquery("pairs")


def _like(wanted: str) -> list[sa.ColumnElement[bool]]:
    if not wanted:
        return []
    where = (col(PersonRow.name), col(PersonRow.email), col(DossierRow.number), col(DossierRow.organisation))
    return [sa.or_(*(sa.func.lower(one).contains(wanted.lower(), autoescape=True) for one in where))]


def _only(only: str, invited: type[InvitationRow], noted: type[PresenceRow]) -> list[sa.ColumnElement[bool]]:
    conditions = {
        "asked": col(invited.id).is_not(None), "accepted": col(invited.answer) == "accepted",
        "tentative": col(invited.answer) == "tentative",
        "declined": col(invited.answer) == "declined",
        "none": sa.and_(col(invited.id).is_not(None), col(invited.answer).is_(None)),
        "came": col(noted.came).is_(True), "excused": col(noted.came).is_(False), "missing": col(noted.id).is_(None),
    }  # fmt: skip
    return [conditions[only]] if only in conditions else []


# ── Certificates ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Certified:
    """That somebody came to the meetings of a name in a round, as a certificate says it."""

    person_id: int
    name: str
    language: str
    round: str
    digest: str
    meeting: str
    rows: tuple[MeetingRow, ...]
    """each time that they came, in order of time"""
    since: int
    """when it was last noted that they came (UTC microseconds)"""


def certified(
    session: Session, *, person_id: int | None = None, to: MeetingRow | None = None, looker: int | None = None
) -> Sequence[Certified]:
    """For what somebody, or everybody who came `to` a meeting, gets a certificate: by name, the first meeting first.

    For a `looker` (a person) without those who came for a dossier that she has a conflict with.
    """
    came = (col(PresenceRow.came).is_(True), col(PresenceRow.ended_at).is_(None))
    of = [] if person_id is None else [col(PresenceRow.person_id) == person_id]
    if looker is not None:
        of.append(~_tied(col(PresenceRow.dossier_id), looker))
    if to is not None:
        people = sa.select(col(PresenceRow.person_id)).where(col(PresenceRow.meeting_id) == to.id, *came)
        of += [
            col(PresenceRow.person_id).in_(people), col(MeetingRow.round_id) == to.round_id,
            col(MeetingRow.name) == to.name,
        ]  # fmt: skip
    rows: Sequence[Any] = session.connection().execute(
        sa.select(
            col(PersonRow.id), col(PersonRow.name), col(PersonRow.email), col(PersonRow.language), col(RoundRow.key),
            col(RoundRow.digest), col(PresenceRow.recorded_at), col(MeetingRow.id),
        )
        .join(PersonRow, col(PersonRow.id) == col(PresenceRow.person_id))
        .join(MeetingRow, col(MeetingRow.id) == col(PresenceRow.meeting_id))
        .join(RoundRow, col(RoundRow.id) == col(MeetingRow.round_id))
        .where(*came, *of)
        .order_by(
            sa.func.lower(col(PersonRow.name)), col(PersonRow.id), col(MeetingRow.day),
            col(MeetingRow.start).nulls_first(), col(MeetingRow.id),
        )
    ).all()  # fmt: skip
    wanted = select(MeetingRow).where(col(MeetingRow.id).in_({row[-1] for row in rows}))
    meetings = {one.id: one for one in session.exec(wanted)}
    grouped: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row[0], row[4], meetings[row[7]].name), []).append(row)
    return [
        Certified(
            person, its[0][1] or its[0][2], its[0][3], round, its[0][5], name,
            tuple(meetings[id] for id in dict.fromkeys(one[7] for one in its)), max(one[6] for one in its),
        )
        for (person, round, name), its in grouped.items()
    ]  # fmt: skip
