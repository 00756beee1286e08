"""Every invariant holds in four rounds in which everything has happened, and each is broken by one row of its own."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
from databases import BOTH, fresh_on
from hypothesis import given
from hypothesis import strategies as st
from played_rounds import END, played_on
from sqlalchemy import JSON, Boolean, Float, Integer, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select
from tampering import change, tampering

from engine.database.connection import Database
from engine.database.invariants import INVARIANTS, Found, Invariant, check
from engine.database.invariants.sparing import Present
from engine.database.records import RoundRow
from notifications.invariants import LETTERS

ALL = (*INVARIANTS, *LETTERS)
SMALL = "(SELECT id FROM round WHERE key = 'small/2030')"
GATE = "(SELECT id FROM round WHERE key = 'gate/2030')"
NETWORK = "(SELECT id FROM round WHERE key = 'network/2030')"
ON_A_SERVER = 24
"""one in so many changes of a row is tried on a server too in every run"""
EXTENSION = "round_id, dossier_id, of, old_day, old_hour, new_day, new_hour, reason, decided_at, decided_by"


def dossier(number: str) -> str:
    return f"(SELECT id FROM dossier WHERE number = '{number}')"


def deadline(key: str, round_id: str = SMALL) -> str:
    return f"round_id = {round_id} AND key = '{key}'"


@dataclass(frozen=True)
class Sabotage:
    """One row changed: the invariant that it breaks, and those that must be broken with it."""

    breaks: str
    statement: str
    implied: tuple[str, ...] = ()
    only_on: str = ""


SABOTAGES = (
    Sabotage("references", "UPDATE score SET person_id = 999 WHERE id = (SELECT MIN(id) FROM score)"),
    Sabotage("append-only", "DROP TRIGGER journal_no_update", only_on="sqlite"),
    Sabotage("append-only", "DROP TRIGGER journal_no_update ON journal", only_on="postgresql"),
    Sabotage("unique keys", "DROP INDEX one_standing_verdict"),
    Sabotage("pinned rules",
             "UPDATE pinned SET files = REPLACE(files, 'grants 2030', 'prizes 2030')", only_on="sqlite"),
    Sabotage("pinned rules",
             "UPDATE pinned SET files = CAST(REPLACE(CAST(files AS TEXT), 'grants 2030', 'prizes 2030') "
             "AS JSON)", only_on="postgresql"),
    Sabotage("files", "UPDATE file SET content = CAST('x' AS BLOB)", only_on="sqlite"),
    Sabotage("files", "UPDATE file SET content = 'x'", only_on="postgresql"),
    Sabotage("files of answers", "UPDATE file SET size = 3", ("files",)),
    Sabotage("people",
             "UPDATE person SET email = 'Reader@public.example' WHERE email = 'reader@public.example'", ("parts",)),
    Sabotage("journal", "UPDATE journal SET actor = 'nobody' WHERE what = 'round opened' AND round_id = 1"),
    Sabotage("round", f"UPDATE round SET number = 'SG31' WHERE id = {SMALL}"),
    Sabotage("parts", "UPDATE role SET chair = FALSE WHERE chair AND round_id = 1"),
    Sabotage("seats of committees", "UPDATE role SET scope = 'Chemistry' WHERE scope = 'Arts'", ("parts",)),
    Sabotage("seats of committees", "UPDATE role SET scope = '', per = '' WHERE scope = 'Law'", ("parts",)),
    Sabotage("second factors", "UPDATE factor SET ended_at = NULL"),
    Sabotage("rehearsals", "UPDATE rehearsal SET ending = 'failed' WHERE ending = 'played'"),
    Sabotage("extensions", "UPDATE extension SET reason = 'none' WHERE id = 1"),
    Sabotage("extensions", "UPDATE extension SET strand = 'small' WHERE id = 1"),
    Sabotage("agenda", "UPDATE deadline SET strand = 'small' WHERE key = 'edge work closes'"),
    Sabotage("extensions",
             f"INSERT INTO extension (id, {EXTENSION}) SELECT 99, {EXTENSION} FROM extension WHERE id = 1"),
    Sabotage("one decision", "UPDATE extension SET first_id = 1 WHERE id = (SELECT MAX(id) FROM extension WHERE "
             "first_id IS NOT NULL AND undoes_id IS NULL)", ("extensions",)),
    Sabotage("one decision", "UPDATE notification SET status = 'waiting', ended_at = NULL WHERE status = 'cancelled' "
             "AND letter = 'deadline-extended'"),
    Sabotage("handed in unasked",
             "UPDATE delivery SET obligation_id = NULL WHERE id = (SELECT MAX(id) FROM delivery)",
             ("awaits review",)),
    Sabotage("requests", "UPDATE extension_request SET reason = 'none' WHERE id = 1"),
    Sabotage("sent once", "UPDATE once SET at = at + 1000000000000"),
    Sabotage("approvals", 'UPDATE "release" SET approved_at = approved_at + 1 WHERE revoked_at IS NULL'),
    Sabotage("started", "UPDATE dossier SET organisation = 'House of cards' WHERE number = 'SG30-001'",
             ("organisations",)),
    Sabotage("strands", "UPDATE dossier SET strand = 'small' WHERE number = 'SG30-001'"),
    Sabotage("numbers", f"UPDATE round SET last_number = 2 WHERE id = {SMALL}"),
    Sabotage("contacts", f"DELETE FROM contact WHERE dossier_id = {dossier('SG30-005')}"),
    Sabotage("answers", f"UPDATE answer SET given_at = given_at - 1 WHERE dossier_id = {dossier('SG30-004')}"),
    Sabotage(
        "receipts", "UPDATE answer SET value = (SELECT value FROM answer WHERE question = 'amount' LIMIT 1) "
        f"WHERE question = 'title' AND dossier_id = {dossier('SG30-002')}",
    ),
    Sabotage("acts of staff", "UPDATE batch SET before = '{\"SG30-001\": 1}' WHERE id = (SELECT MIN(id) FROM batch)"),
    Sabotage("acts of staff", "UPDATE batch SET dossiers = 3 WHERE undone_at IS NOT NULL"),
    Sabotage("acts of staff", "UPDATE batch SET sent_by = NULL WHERE sent_by IS NOT NULL"),
    Sabotage("taken back", "UPDATE transition SET undoes_id = id - 1 WHERE undoes_id IS NOT NULL "
             f"AND dossier_id = {dossier('GA30-001')}"),
    Sabotage("taken back", "UPDATE batch SET undone_at = NULL, undone_by = NULL WHERE undone_at IS NOT NULL",
             ("acts of staff",)),
    Sabotage("letters of acts", "UPDATE notification SET status = 'waiting', ended_at = NULL "
             "WHERE batch_id = (SELECT MIN(id) FROM batch)"),
    Sabotage("letters of acts", "UPDATE notification SET batch_id = (SELECT MIN(id) FROM batch) "
             "WHERE letter = 'granted'"),
    Sabotage("letters of acts", "UPDATE attempt SET tried_at = tried_at - 2 "
             "WHERE notification_id IN (SELECT id FROM notification WHERE batch_id IS NOT NULL)", ("sent letters",)),
    Sabotage("batches of intake", "UPDATE dossier SET batch = 2 WHERE number = 'SG30-002'"),
    Sabotage("received", "UPDATE dossier SET received_at = NULL, receipt = NULL WHERE number = 'SG30-002'"),
    Sabotage("received", "UPDATE dossier SET received_at = received_at + 7 WHERE id IN "
             "(SELECT dossier_id FROM transition WHERE name = 'brought in')"),
    Sabotage("state", "UPDATE dossier SET state = 'chosen' WHERE number = 'SG30-001'"),
    Sabotage("entered", "UPDATE dossier SET entered_at = entered_at - 1 WHERE number = 'SG30-001'"),
    Sabotage(
        "chain of moves", "UPDATE transition SET source = 'draft' WHERE name = 'withdraw' AND source = 'read'",
        ("moves are journaled",),
    ),
    Sabotage(
        "moves by the rules", "UPDATE transition SET name = 'take_up' WHERE name = 'lapse' AND id = "
        "(SELECT MIN(id) FROM transition WHERE name = 'lapse')",
        ("applicants are told", "moves are journaled", "who moved it"),
    ),
    Sabotage(
        "who moved it", "UPDATE transition SET deadline_id = NULL WHERE name = 'start' AND id = "
        "(SELECT MIN(id) FROM transition WHERE name = 'start')",
    ),
    Sabotage("moves by the calendar",
             f"UPDATE deadline SET ended_at = ended_at + 1 WHERE {deadline('transition take_up')}",
             ("firings are journaled",)),
    Sabotage("moves in time", "UPDATE transition SET at = recorded_at + 1 WHERE name = 'stop'",
             ("applicants are told", "entered", "moves are journaled")),
    Sabotage("version", "UPDATE dossier SET version = 1 WHERE number = 'SG30-001'"),
    Sabotage("moves are journaled", "UPDATE transition SET reason = 'none' WHERE name = 'stop'"),
    Sabotage("agenda", f"DELETE FROM deadline WHERE {deadline('promise answer')}", ("firings are journaled",)),
    Sabotage("promised", "UPDATE promised SET cents = cents + 1 WHERE kept_at IS NULL AND name = 'steps'"),
    Sabotage("promised", "UPDATE promised SET last_day = '2031-12-06' WHERE last_day = '2031-12-05'",
             ("found unpaid",)),
    Sabotage("promised", "UPDATE promised SET ended_at = laid_out_at WHERE kept_at IS NULL AND name = 'steps'",
             ("found unpaid",)),
    Sabotage("payments", "UPDATE payment SET reference = 'Bank 8' WHERE reference = 'Bank 7'"),
    Sabotage("payments", "UPDATE payment SET cents = cents - 1 WHERE reference = 'Bank 7'"),
    Sabotage("payments", "UPDATE payment SET reason = 'none' WHERE taken_back_at IS NOT NULL"),
    Sabotage("payments", "DELETE FROM notification WHERE letter = 'money-paid'", ("references",)),
    Sabotage("payments", "DELETE FROM notification WHERE letter = 'payment-taken-back'", ("references",)),
    Sabotage("kept with money", "UPDATE promised SET kept_at = NULL WHERE kept_at IS NOT NULL"),
    Sabotage("kept with money", "UPDATE promised SET kept_at = laid_out_at WHERE kept_at IS NULL AND name = 'grant'"),
    Sabotage("found unpaid", "DELETE FROM deadline WHERE key = 'unpaid PN30-002 2031-12-05'"),
    Sabotage("found unpaid", "UPDATE notification SET letter = 'paid' WHERE letter = 'not-paid' "
             "AND cause_id IN (SELECT id FROM cause WHERE name LIKE 'unpaid steps %')"),
    Sabotage("local times", f"UPDATE deadline SET local = '2032-06-03T01:00:00' WHERE {deadline('edge work closes')}"),
    Sabotage("own deadlines", f"UPDATE deadline SET name = 'take_up' WHERE {deadline('transition lapse SG30-005')}",
             ("who moved it",)),
    Sabotage("endings", f"UPDATE deadline SET ending = 'gone' WHERE {deadline('edge call opens')}",
             ("firings are journaled",)),
    Sabotage("not too early", f"UPDATE deadline SET fires_at = ended_at + 1 WHERE {deadline('edge notice closes')}",
             ("in order",)),
    Sabotage("reminders in time",
             f"UPDATE deadline SET valid_until = ended_at WHERE {deadline('reminder unfinished 2')}"),
    Sabotage("in order", f"UPDATE deadline SET fires_at = fires_at - 500000000000 WHERE {deadline('transition start')}",
             ("not too early",)),
    Sabotage("firings are journaled",
             f"UPDATE deadline SET ended_at = ended_at + 1 WHERE {deadline('edge call opens')}"),
    Sabotage("nobody left behind",
             f"DELETE FROM held_back WHERE dossier_id = {dossier('GA30-004')} AND transition = 'admit'"),
    Sabotage("freeings", f"DELETE FROM held_back WHERE deadline_id IN (SELECT id FROM deadline WHERE "
             f"{deadline('place offer_next 1', NETWORK)})"),
    Sabotage("no place is left empty", f"DELETE FROM held_back WHERE dossier_id = {dossier('LN30-002')}"),
    Sabotage("own time", "DELETE FROM deadline WHERE kind = 'timer' AND ended_at IS NULL"),
    Sabotage("own time", f"UPDATE deadline SET key = key || '9', dossier_id = {dossier('LN30-001')} "
             "WHERE kind = 'timer' AND ended_at IS NULL", ("days of its own",)),
    Sabotage("days of its own", "UPDATE deadline SET due_at = due_at + 86400000000, fires_at = fires_at + 86400000000 "
             "WHERE kind = 'timer' AND ended_at IS NULL", ("local times",)),
    Sabotage("nobody outstays", "UPDATE deadline SET ended_at = fires_at, ending = 'fired' "
             "WHERE kind = 'timer' AND ended_at IS NULL", ("firings are journaled",)),
    Sabotage("held back", "UPDATE held_back SET since = since + 1 WHERE id = 1"),
    Sabotage("one verdict stands", "DROP INDEX one_standing_verdict; UPDATE verdict SET ended_at = NULL, ending = NULL "
             f"WHERE dossier_id = {dossier('SG30-002')}", ("unique keys", "verdicts end", "verdicts take effect")),
    Sabotage("verdicts take effect", "UPDATE verdict SET ended_at = NULL, ending = NULL WHERE ending = 'held back'"),
    Sabotage("verdicts take effect", "UPDATE deadline SET ended_at = fires_at, ending = 'fired' "
             "WHERE key LIKE 'timer verdicts decline 1 VS30-003 %'", ("firings are journaled",)),
    Sabotage("verdicts take effect", "UPDATE verdict SET ended_at = NULL, ending = NULL "
             f"WHERE ending = 'held back' AND dossier_id = {dossier('VS30-002')}"),
    Sabotage("days of its own", "UPDATE deadline SET due_at = due_at + 1 WHERE key LIKE 'timer promise %' "
             "AND ended_at IS NULL AND key LIKE '%VS30-003%'", ("local times", "not too early")),
    Sabotage("clocks", f"UPDATE dossier SET clocks = 'Europe/Paris' WHERE id = {dossier('VS30-001')}"),
    Sabotage("clocks", f"UPDATE dossier SET clocks = 'Europe/Paris' WHERE id = {dossier('VS30-003')}"),
    Sabotage("agenda", "UPDATE deadline SET clocks = NULL WHERE key LIKE 'edge call closes clocks %'"),
    Sabotage("verdicts end", "UPDATE verdict SET ending = 'replaced' WHERE ending = 'held back'"),
    Sabotage("verdicts end", "UPDATE verdict SET ending = 'replaced' WHERE ending = 'withdrawn'"),
    Sabotage("verdicts are journaled", "UPDATE verdict SET reason = 'large' WHERE reason = 'small'"),
    Sabotage("assignments", "UPDATE assignment SET ended_at = ended_at + 1 WHERE ended_at IS NOT NULL"),
    Sabotage("assignments", "UPDATE assignment SET ended_at = NULL, ended_by = NULL WHERE ended_at IS NOT NULL"),
    Sabotage("assignments", "UPDATE answer SET value = '\"Chemistry\"' "
             "WHERE id = (SELECT MAX(id) FROM answer WHERE question = 'field')"),
    Sabotage("assignments", "UPDATE dossier SET strand = 'senior' WHERE strand = 'young'", ("strands",)),
    Sabotage("places", "UPDATE transition SET target = 'chosen' WHERE name = 'decline' AND batch_id IS NULL",
             ("moves are journaled", "moves by the rules", "state")),
    Sabotage("rankings", "UPDATE ranking SET rank = 9 WHERE rank = 2"),
    Sabotage("assignments", "UPDATE assignment SET assessment = 'remote' WHERE assessment = 'interview'"),
    Sabotage("recommendations", "UPDATE recommendation SET assessment = 'remote' WHERE assessment = 'interview'"),
    Sabotage("agreed scores", "UPDATE agreed SET mark = 3 WHERE mark = 2"),
    Sabotage("agreed scores", "UPDATE agreed SET mark = 20 WHERE mark = 2"),
    Sabotage("agreed scores", "UPDATE agreed SET replaced_at = replaced_at + 1 WHERE replaced_at IS NOT NULL"),
    Sabotage("agreed scores", "DELETE FROM agreed WHERE mark = 6"),
    Sabotage("marks set aside", "UPDATE set_aside SET ended_at = ended_at + 1 WHERE reason LIKE 'far%'"),
    Sabotage("marks set aside", "UPDATE set_aside SET reason = 'a whim' WHERE ended_at IS NULL"),
    Sabotage("marks set aside", "UPDATE set_aside SET ended_at = set_at + 1, ended_by = set_by WHERE ended_at IS NULL"),
    Sabotage("marks set aside", "DELETE FROM set_aside WHERE ended_at IS NULL"),
    Sabotage("scores", "UPDATE score SET assessment = 'remote' WHERE assessment = 'interview'"),
    Sabotage("ranks", "UPDATE ranked SET rank = 9 WHERE rank = 3"),
    Sabotage("ranks", "UPDATE ranked SET list = 'turn_down' WHERE rank = 3"),
    Sabotage("order by hand", "UPDATE placement SET place = 3 WHERE replaced_at IS NULL AND place = 2"),
    Sabotage("order by hand", "UPDATE placement SET replaced_at = replaced_at + 1 WHERE replaced_at IS NOT NULL"),
    Sabotage("money", "UPDATE answer SET value = '9001' WHERE question = 'amount' "
             f"AND dossier_id = {dossier('PN30-002')}", ("promised",)),
    Sabotage("scores", "UPDATE score SET mark = 7 WHERE mark = 6 AND id = (SELECT MIN(id) FROM score WHERE mark = 6)"),
    Sabotage("recommendations", "UPDATE recommendation SET written_at = written_at + 1 WHERE words = 'better words'"),
    Sabotage("comments", "UPDATE comment SET reader = 'committee' WHERE words = 'Sing on.'"),
    Sabotage("comments", "UPDATE comment SET reader = 'committee' WHERE words = 'Sing louder.'"),
    Sabotage("clearances", "DELETE FROM clearance WHERE ended_at IS NULL"),
    Sabotage("conflicts", "DELETE FROM conflict", ("clearances",)),
    Sabotage("notes", "UPDATE note SET words = 'An unkind house.' WHERE words = 'A kind house.'"),
    Sabotage("notes", "UPDATE note SET ended_at = NULL, ended_by = NULL, ending = NULL WHERE ending = 'removed'"),
    Sabotage("messages", "DELETE FROM notification WHERE letter = 'staff-message' "
             f"AND dossier_id = {dossier('SG30-002')}", ("references",)),
    Sabotage("messages", "UPDATE cause SET facts = REPLACE(facts, 'Open day', 'Closed day')", only_on="sqlite"),
    Sabotage("messages", "UPDATE cause SET facts = CAST(REPLACE(CAST(facts AS TEXT), 'Open day', 'Closed day') "
             "AS JSON)", only_on="postgresql"),
    Sabotage("one end",
             "UPDATE obligation SET excused_at = fulfilled_at WHERE name = 'report' AND fulfilled_at IS NOT NULL",
             ("fulfilled by something", "told of what is owed")),
    Sabotage("windows", f"UPDATE obligation SET last_day = '2032-06-01' WHERE name = 'report' AND position = 2 "
             f"AND dossier_id = {dossier('SG30-001')}", ("asked for in time",)),
    Sabotage("laid out", "UPDATE obligation SET laid_out_at = 0 WHERE name = 'kick_off' AND fulfilled_at IS NOT NULL"),
    Sabotage("fulfilled by something", "UPDATE attendance SET obligation_id = NULL"),
    Sabotage("asked for in time", f"DELETE FROM deadline WHERE {deadline('overdue SG30-001 2032-06-02')}"),
    Sabotage("what came is journaled", "UPDATE excuse SET reason = 'no reason' WHERE reason = 'a birth'"),
    Sabotage("reviews", "UPDATE review SET words = 'Which month?' WHERE words = 'Which year?'"),
    Sabotage("awaits review", "UPDATE obligation SET handed_in_at = NULL WHERE handed_in_at IS NOT NULL"),
    Sabotage("awaits review", "UPDATE obligation SET handed_in_at = handed_in_at + 1 WHERE handed_in_at IS NOT NULL"),
    Sabotage("told of what is owed", "DELETE FROM notification WHERE letter = 'changes-asked'"),
    Sabotage("told of what is owed", "DELETE FROM notification WHERE letter = 'handed-in-accepted'"),
    Sabotage("told of what is owed", "DELETE FROM notification WHERE letter = 'obligation-excused' "
             f"AND dossier_id = {dossier('SG30-001')}", ("references",)),
    Sabotage("told of what is owed", "DELETE FROM notification WHERE letter = 'accounts-overdue'", ("references",)),
    Sabotage("proposals", "UPDATE proposal SET answer = 'Too early.' WHERE answer = 'Too late.'"),
    Sabotage("proposals", "UPDATE proposed_time SET day = '2030-09-06' WHERE day = '2030-09-05'"),
    Sabotage("hours", "UPDATE hour SET booking_id = NULL WHERE booking_id IS NOT NULL"),
    Sabotage("hours", "UPDATE hour SET removed_at = NULL"),
    Sabotage("booked once", "UPDATE meeting SET cancelled_at = NULL, obligation_id = (SELECT obligation_id FROM "
             f"meeting m WHERE m.name = 'talk' AND m.dossier_id = {dossier('SG30-002')}) WHERE name = 'talk' "
             f"AND dossier_id = {dossier('SG30-001')}", ("meetings", )),
    Sabotage("slots", "UPDATE slot SET starts_at = starts_at + 1", ("slots told",)),
    Sabotage("slots are given", "UPDATE slot SET locked_at = 1"),
    Sabotage("slots are given", "DELETE FROM slot", ("slots told",)),
    Sabotage("running orders", "UPDATE running_order SET published_at = published_at + 1"),
    Sabotage("running orders", "UPDATE running_order_break SET title = 'Tea'"),
    Sabotage("turns", "UPDATE turn SET hour = '11:00:00' WHERE wish IS NOT NULL"),
    Sabotage("turns", "UPDATE turn SET declined_at = NULL WHERE declined_at IS NOT NULL"),
    Sabotage("slots told", "UPDATE slot SET ends_at = ends_at + 1", ("slots",)),
    Sabotage("meetings", "UPDATE meeting SET starts_at = starts_at + 1 WHERE name = 'kick_off'"),
    Sabotage("meetings", "UPDATE meeting SET place = 'Ghent' WHERE place = 'Bruges'"),
    Sabotage("meetings", "UPDATE meeting SET name = 'closed_day' WHERE position = 2", ("hours",)),
    Sabotage("invitations", "UPDATE invitation SET answer = 'accepted' WHERE answer = 'declined'"),
    Sabotage("invitations", "UPDATE invitation SET cancelled_at = NULL WHERE cancelled_at IS NOT NULL",
             ("slots told",)),
    Sabotage("seats", "UPDATE meeting SET seats = 2 WHERE name = 'evening'", ("seats are journaled",)),
    Sabotage("what a seat is", "UPDATE seat SET reason = NULL WHERE reason IS NOT NULL", ("seats are journaled",)),
    Sabotage("what a seat is", "UPDATE invitation SET dossier_id = 1 WHERE meeting_id = (SELECT id FROM meeting "
             "WHERE name = 'evening') AND cancelled_at IS NULL", ("invitations",)),
    Sabotage("invitations", "UPDATE invitation SET meeting_id = (SELECT MAX(id) FROM meeting WHERE cancelled_at "
             "IS NULL AND round_id = 1) WHERE id = (SELECT MIN(id) FROM invitation WHERE cancelled_at IS NULL "
             "AND round_id = 1)"),
    Sabotage("seats in order", "UPDATE seat SET offered_at = ended_at + 1, ended_at = ended_at + 2 "
             "WHERE state = 'lapsed'", ("seats are journaled",)),
    Sabotage("no seat stays empty", "UPDATE meeting SET seats = 4 WHERE name = 'evening'", ("seats are journaled",)),
    Sabotage("offers end", "DELETE FROM deadline WHERE kind = 'seat offer' AND ended_at IS NULL"),
    Sabotage("offers end", "UPDATE seat SET answer_by = answer_by + 1 WHERE state = 'offered'",
             ("seats are journaled",)),
    Sabotage("seats are journaled", "UPDATE seat SET ended_at = ended_at + 1 WHERE state = 'lapsed'"),
    Sabotage("invitations told", "DELETE FROM notification WHERE letter = 'invitation-cancelled'",
             ("references",)),
    Sabotage("organisations", "UPDATE dossier SET organisation_key = 'x' WHERE number = 'SG30-001'"),
    Sabotage("lifted", "UPDATE lift SET reason = 'none'"),
    Sabotage("lifted", "UPDATE lift SET ended_at = NULL"),
    Sabotage("names", "UPDATE same_organisation SET same_as = 'x' WHERE ended_at IS NULL"),
    Sabotage("names parted", "UPDATE same_organisation SET ended_at = NULL WHERE ended_at IS NOT NULL"),
    Sabotage("presence", "UPDATE presence SET reason = 'a cold' WHERE reason = 'a train'"),
    Sabotage("presence", "DELETE FROM presence WHERE ending = 'it was her sister'"),
    Sabotage("presence", "UPDATE presence SET ended_at = ended_at + 1 WHERE ending = 'it was her sister'"),
    Sabotage("presence counts", "UPDATE presence SET attendance_id = (SELECT MIN(id) FROM attendance) "
             "WHERE attendance_id IS NOT NULL"),
    Sabotage("presence counts",
             "UPDATE presence SET excuse_id = (SELECT MAX(id) FROM excuse) WHERE reason = 'a train'"),
    Sabotage("what came is journaled", "DELETE FROM attendance WHERE meeting = 'open_day'",
             ("references", "presence counts")),
    Sabotage("applicants are told", "DELETE FROM notification WHERE letter = 'stopped'"),
    Sabotage("everybody else is told", "DELETE FROM notification WHERE letter = 'call-opens'",
             ("references", )),
    Sabotage("told once", "UPDATE notification SET person_id = (SELECT MIN(person_id) FROM notification n "
             f"WHERE n.letter = 'granted' AND n.dossier_id = {dossier('SG30-001')}) WHERE letter = 'granted' "
             f"AND dossier_id = {dossier('SG30-001')}", ("applicants are told",)),
    Sabotage("letters of the round",
             f"UPDATE notification SET dossier_id = {dossier('SG30-003')} WHERE letter = 'stopped'",
             ("applicants are told", "letters' keys")),
    Sabotage("letters of no round", "UPDATE notification SET round_id = NULL WHERE letter = 'stopped'",
             ("letters' keys",)),
    Sabotage("conflicts are kept", "UPDATE notification SET facts = (SELECT facts FROM notification WHERE "
             "letter = 'granted-list' AND address = 'chair@jury.example') "
             "WHERE letter = 'granted-list' AND address = 'third@jury.example'"),
    Sabotage("rewordings", f"UPDATE round SET digest = (SELECT MIN(before) FROM rewording) WHERE id = {SMALL} "
             "AND digest <> (SELECT MIN(before) FROM rewording)"),
    Sabotage("versions", "UPDATE version SET dossiers = dossiers + 1"),
    Sabotage("versions", "UPDATE version SET moves_before = moves_before + 1"),
    Sabotage("versions", "UPDATE round SET replaced_at = NULL WHERE replaced_at IS NOT NULL"),
    Sabotage("edited letters", "UPDATE edit SET body = 'Read nothing.' WHERE id = 1"),
    Sabotage("letters written anew", "DELETE FROM replacement", ("told once", "addresses")),
    Sabotage("letters end", "UPDATE notification SET status = 'gone' WHERE letter = 'stopped'"),
    Sabotage("expired letters", "UPDATE notification SET valid_until = NULL WHERE status = 'expired'"),
    Sabotage("sent letters", "DELETE FROM attempt WHERE id = 1"),
    Sabotage("addresses", "UPDATE notification SET address = 'else@where.example' WHERE letter = 'stopped'"),
    Sabotage("message ids", "UPDATE notification SET message_id = 'x' WHERE letter = 'stopped'", ("letters' keys",)),
    Sabotage("envelopes", "UPDATE letter SET raw = (SELECT raw FROM letter ORDER BY notification_id DESC LIMIT 1) "
             "WHERE notification_id = (SELECT MIN(notification_id) FROM letter)"),
    Sabotage("letters' keys", "UPDATE notification SET key = 'x' WHERE letter = 'stopped'"),
    Sabotage("mail that came in", "UPDATE received SET kind = 'automatic' WHERE kind = 'reply'"),
    Sabotage("mail that came in", "UPDATE received SET handled_at = NULL WHERE handled_at IS NOT NULL"),
    Sabotage("letters that came back", "UPDATE notification SET bounced_at = bounced_at + 1 "
             "WHERE bounced_at IS NOT NULL"),
    Sabotage("letters that came back", "UPDATE notification SET bounced_at = ended_at WHERE id = "
             "(SELECT MAX(id) FROM notification WHERE status = 'sent' AND bounced_at IS NULL)"),
    Sabotage("corrected addresses", "INSERT INTO correction (id, round_id, person_id, old, new, at, corrected_by) "
             "SELECT 1, 1, id, 'old@home.example', email, 1, id FROM person WHERE email = 'staff@fund.example'"),
)  # fmt: skip


@pytest.fixture(scope="module", params=BOTH)
def played(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Both rounds, played once; what a test changes it takes back."""
    with fresh_on(request.param) as database:
        played_on(database)
        yield database


@pytest.fixture(scope="module")
def readers(played: Database) -> dict[str, set[str]]:
    """invariant -> the tables that it reads, if nothing is left out of what it asks.

    What reads nothing of what was changed finds what it found before: it need not be asked again.
    """
    found: dict[str, set[str]] = {}
    with pytest.MonkeyPatch.context() as patch, played.reading() as session, _statements(session) as said:
        patch.setattr(Present, "__init__", lambda *_: None)
        patch.setattr(Present, "may_answer", lambda *_: True)
        for one in ALL:
            assert asked(session, [one]) == []
            words = {word for statement in said for word in re.findall(r"\w+", statement)}
            found[one.name] = words & set(SQLModel.metadata.tables)
            said.clear()
    return found


@contextmanager
def _statements(session: Session) -> Iterator[list[str]]:
    """Those that the database is given meanwhile."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    yield said
    event.remove(connection, "before_cursor_execute", hear)


def concerned(readers: dict[str, set[str]], *changed: str) -> list[Invariant]:
    """The invariants that read one of those tables."""
    return [one for one in ALL if readers[one.name].intersection(changed)]


def asked(session: Session, invariants: Collection[Invariant] = ALL) -> list[Found]:
    rounds = session.exec(select(RoundRow)).all()
    return [one for one in check(session, END, rounds, invariants=list(invariants)) if one.offending]


def names(found: Sequence[Found]) -> set[str]:
    return {one.invariant.name for one in found}


def test_every_invariant_holds_after_everything_has_happened(played: Database) -> None:
    with played.reading() as session:
        assert [(one.invariant.name, one.offending) for one in asked(session)] == []


def test_no_two_invariants_have_one_name() -> None:
    assert len({one.name for one in ALL}) == len(ALL)


def test_every_invariant_has_its_sabotage() -> None:
    assert {one.breaks for one in SABOTAGES} == {one.name for one in ALL} - {"storage"}


JOURNALED = {
    "journal": ("link_id", "round_id", "dossier_id", "at", "recorded_at", "actor", "what", "details"),
    "journal_link": ("round_id", "position", "rows", "digest", "chained"),
    "transition": (
        "dossier_id", "name", "source", "target", "at", "recorded_at", "person_id", "deadline_id", "reason",
        "batch_id", "undoes_id",
    ),
    "batch": (
        "round_id", "transition", "reason", "dossiers", "made_at", "made_by", "undo_until", "sent_at", "sent_by",
        "undone_at", "undone_by", "before",
    ),
    "dossier": (
        "round_id", "organisation", "state", "entered_at", "started_at", "received_at", "receipt", "version",
        "strand", "batch",
    ),
    "verdict": (
        "dossier_id", "transition", "recorded_at", "recorded_by", "minuted", "reason", "ended_at", "ending",
    ),
    "extension": (
        "round_id", "dossier_id", "strand", "of", "old_day", "old_hour", "new_day", "new_hour", "reason", "decided_at",
        "decided_by",
    ),
    "conflict": ("dossier_id", "person_id", "reason", "declared_at"),
    "comment": ("dossier_id", "committee", "reader", "person_id", "replaced_at"),
    "clearance": ("dossier_id", "person_id", "declared_at", "ended_at"),
    "extension_request": (
        "round_id", "dossier_id", "of", "wanted", "reason", "asked_at", "asked_by", "answered_at", "answered_by",
        "outcome", "answer",
    ),
    "meeting": (
        "round_id", "name", "position", "day", "start", "end", "starts_at", "ends_at", "place", "online", "sequence",
        "planned_by", "cancelled_at", "seats",
    ),
    "invitation": (
        "uid", "round_id", "meeting_id", "person_id", "day", "starts_at", "ends_at", "place", "online", "sequence",
        "sent_at", "cancelled_at", "answer", "answered_at", "answered_via",
    ),
    "seat": (
        "meeting_id", "person_id", "dossier_id", "asked_at", "state", "offered_at", "answer_by", "held_at", "ended_at",
        "seated_by", "reason",
    ),
    "slot": ("round_id", "dossier_id", "meeting", "position", "starts_at", "ends_at", "locked_at"),
    "running_order": ("round_id", "meeting", "first", "published_at"),
    "running_order_break": ("running_order_id", "after", "minutes", "title"),
    "turn": ("round_id", "dossier_id", "meeting", "wish", "hour", "wished_at", "declined_at", "place"),
    "assignment": (
        "dossier_id", "committee", "assessment", "person_id", "since", "assigned_by", "ended_at", "ended_by",
    ),
    "agreed": ("dossier_id", "assessment", "criterion", "mark", "agreed_at", "agreed_by", "scope"),
    "set_aside": ("dossier_id", "assessment", "person_id", "reason", "set_at", "set_by", "ended_at", "ended_by"),
    "recommendation": ("dossier_id", "assessment", "person_id", "advises"),
    "contact": ("dossier_id", "person_id"),
    "note": (
        "dossier_id", "words", "written_at", "written_by", "replaces", "ended_at", "ended_by", "ending",
    ),
    "ranked": ("round_id", "list", "scope", "dossier_id", "rank", "ranked_at"),
    "placement": ("dossier_id", "state", "place", "given_at", "given_by", "replaced_at", "scope"),
    "score": ("dossier_id", "assessment", "criterion", "person_id", "mark", "scored_at"),
    "role": ("round_id", "person_id", "role", "chair", "since", "per", "scope"),
    "held_back": ("deadline_id", "dossier_id", "transition", "since"),
    "attendance": ("dossier_id", "meeting", "recorded_at", "recorded_by"),
    "presence": (
        "meeting_id", "person_id", "dossier_id", "came", "reason", "recorded_at", "recorded_by", "ended_at", "ended_by",
        "ending",
    ),
    "rewording": ("before", "after", "at", "person_id"),
    "version": (
        "round_id", "position", "before", "after", "at", "person_id", "reason", "mapped", "dossiers", "moves_before",
    ),
    "edit": ("notification_id", "subject", "body", "at", "person_id"),
    "proposal": (
        "dossier_id", "obligation_id", "meeting_id", "side", "words", "proposed_at", "proposed_by", "ended_at",
        "ended_by", "ending", "answer", "accepted",
    ),
    "proposed_time": ("proposal_id", "position", "day", "start", "end", "place", "online"),
    "hour": (
        "round_id", "meeting", "person_id", "day", "start", "end", "place", "online", "given_at", "removed_at",
        "booking_id",
    ),
    "received": ("received_at", "kind", "outcome", "why", "notification_id", "digest", "handled_at", "handled_by"),
    "review": ("obligation_id", "delivery_id", "outcome", "words", "last_day", "reviewed_at", "reviewed_by"),
    "promised": ("dossier_id", "name", "position", "what", "cents", "last_day", "due_at", "ended_at"),
    "payment": (
        "promised_id", "cents", "day", "reference", "recorded_at", "recorded_by", "taken_back_at", "taken_back_by",
        "reason",
    ),
    "delivery": ("dossier_id", "deliverable", "obligation_id", "received_at", "late", "delivered_by"),
}  # fmt: skip
"""the columns of which any one change in any one row is found"""
COLUMNS = [(table, column) for table, columns in JOURNALED.items() for column in columns]


def other(session: Session, table: str, column: str, row: int, drawn: int) -> str:
    """An SQL expression for another value of that column: another row's, or one of nobody's."""
    kind = SQLModel.metadata.tables[table].c[column].type
    rows = session.connection().exec_driver_sql(f'SELECT id, CAST("{column}" AS TEXT) FROM {table}').all()
    kept = dict(map(tuple, rows))
    now = kept[row]
    others = sorted({value for value in kept.values() if value not in (None, now)})
    borrowed = others[drawn % len(others)] if others and drawn % 2 else None
    if isinstance(kind, Boolean):
        return f'NOT "{column}"'
    if isinstance(kind, Integer | Float):
        return borrowed or (str(float(now) + 1 + drawn) if isinstance(kind, Float) else str(int(now or 0) + 1 + drawn))
    chosen = borrowed or ('{"drawn": 1}' if isinstance(kind, JSON) else "drawn")
    quoted = "'" + chosen.replace("'", "''").replace(":", r"\:") + "'"
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return f"CAST({quoted} AS JSON)" if isinstance(kind, JSON) and on_postgresql else quoted


@hypothesis.settings(max_examples=8)
@given(data=st.data())
def test_any_change_of_one_row_is_found(
    played: Database, readers: dict[str, set[str]], data: st.DataObject
) -> None:
    change_one_row(played, readers, data)


@pytest.mark.slow
@hypothesis.settings(max_examples=500)
@given(data=st.data())
def test_any_of_very_many_changes_is_found(
    played: Database, readers: dict[str, set[str]], data: st.DataObject
) -> None:
    change_one_row(played, readers, data)


def change_one_row(played: Database, readers: dict[str, set[str]], data: st.DataObject) -> None:
    """Change one row of one table, and see that it is found."""
    with tampering(played) as session:
        table, column = data.draw(st.sampled_from(COLUMNS))
        # mail that belongs to no round stands in no round's journal
        of_a_round = "WHERE round_id IS NOT NULL" if table == "received" else ""
        chosen = session.connection().exec_driver_sql(f"SELECT id FROM {table} {of_a_round} ORDER BY id")
        rows = chosen.scalars().all()
        row = data.draw(st.sampled_from(rows))
        value = other(session, table, column, row, data.draw(st.integers(0, 40)))
        try:
            change(session, f'UPDATE {table} SET "{column}" = {value} WHERE id = {row}')
        except IntegrityError:
            hypothesis.reject()  # what a unique key refuses nobody can write
        assert asked(session, concerned(readers, table)) != [], f"{table} {row}: {column} = {value}"


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted(SQLModel.metadata.tables))
def test_what_is_not_asked_of_an_empty_table_finds_nothing(
    played: Database, readers: dict[str, set[str]], table: str
) -> None:
    with tampering(played) as session:
        change(session, f'DELETE FROM "{table}"')
        assert_as_much_is_found(session, concerned(readers, table))


@pytest.mark.slow
def test_what_is_not_asked_of_a_journal_without_it_finds_nothing(
    played: Database, readers: dict[str, set[str]]
) -> None:
    with played.reading() as session:
        whats = session.connection().exec_driver_sql("SELECT DISTINCT what FROM journal").scalars().all()
    for what in whats:
        with tampering(played) as session:
            change(session, f"DELETE FROM journal WHERE what = '{what}'")
            assert_as_much_is_found(session, concerned(readers, "journal"))


def assert_as_much_is_found(session: Session, invariants: Collection[Invariant]) -> None:
    spared = asked(session, invariants)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Present, "may_answer", lambda *_: True)
        assert spared == asked(session, invariants)


def left_to_the_long_run(case: Mapping[str, Any]) -> bool:
    """Whether a case is: every run breaks each invariant once, or twice where the databases say it otherwise.

    On a server it tries what is said otherwise there, and one in so many of the others.
    """
    sabotage = case.get("sabotage")
    if sabotage is None or sabotage.only_on:
        return False
    place = SABOTAGES.index(sabotage)
    if case["played"] == "postgresql":
        return place % ON_A_SERVER != 0
    return any(earlier.breaks == sabotage.breaks for earlier in SABOTAGES[:place])


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.breaks}{one.only_on and f' {one.only_on}'}")
def test_one_row_breaks_it_and_nothing_but_what_follows(
    played: Database, readers: dict[str, set[str]], sabotage: Sabotage
) -> None:
    if sabotage.only_on not in ("", played.writer.dialect.name):
        return  # the same, as the other database says it
    with tampering(played) as session:
        if sabotage.breaks == "append-only":
            change(session)  # the triggers stand, until one falls
        change(session, *sabotage.statement.split("; "))
        tables = re.findall(r'\b(?:UPDATE|INTO|DELETE FROM) "?(\w+)', sabotage.statement)
        found = asked(session, ALL if "DROP" in sabotage.statement else concerned(readers, *tables))
    assert names(found) == {sabotage.breaks, *sabotage.implied}
    assert all(1 <= len(one.offending) <= 5 for one in found)
