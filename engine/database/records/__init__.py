"""What is remembered?

The tables. Every instant is an integer of UTC microseconds. What somebody did is a row with a name and an instant,
never a flag; "once" is a unique key, never a check before an insert.
"""

from engine.database.records.access import (
    FactorRow,
    FeedRow,
    KeptFormRow,
    RecoveryCodeRow,
    SessionRow,
    SignInRow,
)
from engine.database.records.across import LiftRow, SameOrganisationRow, SubscriptionRow
from engine.database.records.agreed import AgreedRow
from engine.database.records.assignments import AssignmentRow
from engine.database.records.batches import BatchRow
from engine.database.records.bookings import HourRow, ProposalRow, ProposedTimeRow
from engine.database.records.calendar import (
    DeadlineRow,
    ExtensionRequestRow,
    ExtensionRow,
    HeldBackRow,
    RankingRow,
    ReleaseRow,
)
from engine.database.records.console import SavedViewRow
from engine.database.records.dossiers import (
    AnswerRow,
    ContactRow,
    DeliveryRow,
    DossierRow,
    FileRow,
    ObligationRow,
    SlotRow,
)
from engine.database.records.gates import PlacementRow, RankedRow
from engine.database.records.happened import JournalRow, LinkRow, OnceRow, TransitionRow
from engine.database.records.judgements import (
    AttendanceRow,
    ClearanceRow,
    CommentRow,
    ConflictRow,
    ExcuseRow,
    RecommendationRow,
    ScoreRow,
    VerdictRow,
)
from engine.database.records.meetings import InvitationRow, MeetingRow
from engine.database.records.notes import NoteRow
from engine.database.records.outbox import ACCOUNT, AttemptRow, CauseRow, LetterRow, NotificationRow, RelayRow
from engine.database.records.payments import PaymentRow, PromisedRow
from engine.database.records.preparing import DraftRow, RehearsalRow, ReportRow
from engine.database.records.presence import PresenceRow
from engine.database.records.received import CorrectionRow, ReceivedRow
from engine.database.records.reviews import ReviewRow
from engine.database.records.rounds import PersonRow, PinnedRow, RoleRow, RoundRow
from engine.database.records.running_orders import BreakRow, RunningOrderRow, TurnRow
from engine.database.records.seats import SeatRow
from engine.database.records.set_aside import SetAsideRow
from engine.database.records.texts import EditRow, ReplacementRow, RewordingRow
from engine.database.records.versions import VersionRow
from engine.database.records.watching import HoldRow, InstallationRow, LookRow, NodeRow

__all__ = [
    "ACCOUNT",
    "AgreedRow",
    "AnswerRow",
    "AssignmentRow",
    "AttemptRow",
    "AttendanceRow",
    "BatchRow",
    "BreakRow",
    "CauseRow",
    "ClearanceRow",
    "CommentRow",
    "ConflictRow",
    "ContactRow",
    "CorrectionRow",
    "DeadlineRow",
    "DeliveryRow",
    "DossierRow",
    "DraftRow",
    "EditRow",
    "ExcuseRow",
    "ExtensionRequestRow",
    "ExtensionRow",
    "FactorRow",
    "FeedRow",
    "FileRow",
    "HeldBackRow",
    "HoldRow",
    "HourRow",
    "InstallationRow",
    "InvitationRow",
    "JournalRow",
    "KeptFormRow",
    "LetterRow",
    "LiftRow",
    "LinkRow",
    "LookRow",
    "MeetingRow",
    "NodeRow",
    "NoteRow",
    "NotificationRow",
    "ObligationRow",
    "OnceRow",
    "PaymentRow",
    "PersonRow",
    "PinnedRow",
    "PlacementRow",
    "PresenceRow",
    "PromisedRow",
    "ProposalRow",
    "ProposedTimeRow",
    "RankedRow",
    "RankingRow",
    "ReceivedRow",
    "RecommendationRow",
    "RecoveryCodeRow",
    "RehearsalRow",
    "RelayRow",
    "ReleaseRow",
    "ReplacementRow",
    "ReportRow",
    "ReviewRow",
    "RewordingRow",
    "RoleRow",
    "RoundRow",
    "RunningOrderRow",
    "SameOrganisationRow",
    "SavedViewRow",
    "ScoreRow",
    "SeatRow",
    "SessionRow",
    "SetAsideRow",
    "SignInRow",
    "SlotRow",
    "SubscriptionRow",
    "TransitionRow",
    "TurnRow",
    "VerdictRow",
    "VersionRow",
]
