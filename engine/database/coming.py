"""Which dossiers come to a meeting, where there may be one for each strand or answer?"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import DossierRow
from engine.database.sitting import Condition, scope_now, scope_over
from engine.database.store import been_in, the_id
from engine.rules.meetings_apart import is_whose, meeting_of
from engine.rules.workflow import EVERYONE, STRAND, Meeting, Workflow


def whose(meeting: Meeting) -> Condition:
    """Whether it is a meeting for the dossier, as its strand or its answer stands now."""
    return scope_now(meeting.per) == meeting.scope if meeting.per and meeting.scope else sa.true()


def is_open_to(meeting: Meeting) -> Condition:
    """Whether a meeting that is open to states is open to the dossier where it stands now."""
    return sa.and_(col(DossierRow.state).in_(meeting.open_to), whose(meeting))


def is_its(session: Session, meeting: Meeting, dossier: DossierRow) -> bool:
    """The same as `whose`, of one dossier."""
    return is_whose(meeting, lambda per: scope_of_dossier(session, per, dossier))


def is_open_now(session: Session, meeting: Meeting, dossier: DossierRow) -> bool:
    """The same as `is_open_to`, of one dossier."""
    return dossier.state in meeting.open_to and is_its(session, meeting, dossier)


def was_open(session: Session, meeting: Meeting, dossier: DossierRow) -> bool:
    """Whether a meeting is for a dossier that stands, or ever stood, where it is open; or for everyone."""
    if meeting.open_to == EVERYONE:
        return True
    return is_its(session, meeting, dossier) and been_in(session, dossier, meeting.open_to)


def meeting_for(session: Session, workflow: Workflow, name: str, dossier: DossierRow) -> Meeting | None:
    """The meeting that the rules mean by a name, for a dossier; None where it has none, or the name is strange."""
    return meeting_of(workflow, name, lambda per: scope_of_dossier(session, per, dossier))


def scope_of_dossier(session: Session, per: str, dossier: DossierRow) -> str:
    """The strand of a dossier, or its answer to a question; no text where it has none."""
    return (dossier.strand or "") if per == STRAND else scope_over(session, per, the_id(dossier))


def scopes_of_dossier(session: Session, workflow: Workflow, dossier: DossierRow) -> Mapping[str, str]:
    """The same of all over which there are meetings apart."""
    asked = dict.fromkeys(one.per for one in workflow.meetings_apart.values() if one.per)
    return {per: scope_of_dossier(session, per, dossier) for per in asked}
