"""In which world are permissions tried? Two programmes whose dossiers bear the same numbers, on the day after a pitch.

CI19-001 is everybody's measure: on its way, with a verdict that nobody outside may know of yet.
"""

import asyncio
import hashlib
import marshal
import re
import zlib
from datetime import date
from email.headerregistry import Address
from functools import cache
from typing import Any

from databases import fresh
from sqlmodel import col, select
from visiting import (
    APPLICANT,
    CALL,
    CHAIR,
    COLLEAGUE,
    FOURTH,
    MEMBER,
    PDF,
    ROUND,
    SENDER,
    SHIPPED,
    STAFF,
    STRANGER,
    Site,
    at,
    cera,
    put_round,
)

from engine.cycle import Cycle, Upload
from engine.cycle.admitting import Asked
from engine.cycle.order_plans import judge as foretell
from engine.cycle.receiving import REPLY, Mail
from engine.database.access import feeds, kept_forms, saved_views
from engine.database.preparing import drafts, rehearsals
from engine.database.records import MeetingRow, NotificationRow
from engine.database.store import find_person, the_id
from engine.files.reading import read_folder, read_programme
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox
from web.throttle import Throttle

SOUTH, EARLIER = "zuid-impuls/2019", "zuid-impuls/2017"
SECOND_STAFF, OTHER_STAFF, OTHER_MEMBER = "tim@impuls.example", "flo@zuid.example", "gus@zuid.example"
OTHER_CHAIR, SPEAKING_MEMBER, FORMER_MEMBER = "pia@jury.example", "lut@jury.example", "rik@jury.example"
MARKING, CONFLICTED_CHAIR = "ken@jury.example", "dre@jury.example"
CONFLICTED_STAFF = "uma@impuls.example"
"""of the staff and a member: what she has a conflict with she does not manage"""
FORMER_COLLEAGUE, NOBODY = "kim@brug.example", "nel@niemand.example"
DECLINED_ONE, DRAFTING, WITHDRAWN_ONE = "mia@mia.example", "zoe@zon.example", "ben@berg.example"
MORE_PEOPLE = (
    (SECOND_STAFF, "Tim Bos", "staff", False),
    (OTHER_CHAIR, "Pia Wouters", "jury", True),
    (SPEAKING_MEMBER, "Lut Raes", "jury", False),
    (FORMER_MEMBER, "Rik Goos", "jury", False),
    (MARKING, "Ken Vos", "jury", False),
    (CONFLICTED_CHAIR, "Dre Maes", "jury", True),
    (CONFLICTED_STAFF, "Uma Leys", "staff", False),
    (CONFLICTED_STAFF, "Uma Leys", "jury", False),
)
OWN, FOREIGN, PASSED, DRAFT, OWN_DRAFT, LEFT, MISSING = (
    "CI19-001", "CI19-002", "CI19-003", "CI19-004", "CI19-005", "CI19-006", "CI19-999",
)  # fmt: skip
FEED, KEPT = "f" * 22, "k" * 22
"""what the applicant's calendar and her kept form are found by"""
UNDER_WAY = "CI17-001"
"""of EARLIER, where reports are owed by now"""
READING, TOLD, NOW = at("2019-03-20 10:00"), at("2019-04-02 10:00"), at("2019-05-10 10:00")
MARKS = ("participation", "artistic", "learning")
BEFORE_A_YEAR = at("2018-12-01 10:00")


def open_south(cycle: Cycle) -> None:
    """A second programme with the same rules, dates and numbers, and with other people."""
    files = dict(read_folder(SHIPPED / "cera-impuls"))
    earlier = re.sub(r"20(18|19|22)", lambda year: str(int(year[0]) - 2), files["rounds/2019.toml"])
    files["rounds/2017.toml"] = earlier.replace("CI19", "CI17").replace("2017-2020", "2019-2022")
    south = read_programme("zuid-impuls", files, "zuid-impuls")
    for name in ("2019", "2017"):
        cycle.open_round(south, name, by=OTHER_STAFF, now=BEFORE_A_YEAR, as_of=BEFORE_A_YEAR)
    for key, email, role in (
        (SOUTH, OTHER_STAFF, "staff"), (SOUTH, OTHER_MEMBER, "jury"), (EARLIER, STAFF, "staff"),
    ):  # fmt: skip
        cycle.add_person(key, email=email, name="", language="nl", role=role, by=OTHER_STAFF, now=BEFORE_A_YEAR)


def hand_in(site: Site, key: str, email: str, organisation: str, *, submit: bool = True) -> str:
    """A dossier with every answer; handed in, or left a draft."""
    cycle = site.cycle
    number = cycle.start_dossier(
        key, organisation=organisation, email=email, name=email.partition("@")[0].title(), language="nl", by=email,
        now=site.now,
    )  # fmt: skip
    answers = {"title": f"Werk van {organisation}", "practice": f"Wat {organisation} doet.", "partner": "OCMW",
               "amount": 20_000}  # fmt: skip
    files = {"plan": Upload(f"plan-{number}.pdf", PDF + f"% {key} {number}".encode())}
    cycle.answer(key, number, answers, by=email, now=site.now, files=files)
    if submit:
        cycle.act(key, number, "submit", by=email, now=site.now)
    return number


def judge(site: Site, number: str, email: str, mark: int) -> None:
    """A member has said all there is to say; every word names her."""
    cycle, now = site.cycle, site.now
    cycle.declare_clear(ROUND, number, by=email, now=now)
    cycle.score(ROUND, number, dict.fromkeys(MARKS, mark), by=email, now=now)
    cycle.recommend(ROUND, number, f"Advies van {email} over {number}.", by=email, now=now)
    cycle.comment(ROUND, number, f"Opmerking van {email} over {number}.", to="applicant", by=email, now=now)
    cycle.comment(ROUND, number, f"Nota van {email} over {number}.", to="committee", by=email, now=now)


def _called(site: Site) -> None:
    """In the call: dossiers are handed in, one is left a draft, and three people join who will leave again."""
    cycle, now = site.cycle, site.now
    for email, name, role, chair in MORE_PEOPLE:
        cycle.add_person(ROUND, email=email, name=name, language="en", role=role, chair=chair, by=STAFF, now=now)
    cycle.subscribe(ROUND, email=NOBODY, language="nl", name="Nel", now=now)
    cycle.leave(ROUND, by=NOBODY, now=now)
    cycle.subscribe(ROUND, email="told@nowhere.example", language="nl", now=now, nonce="in-a-letter-of-hers")
    hand_in(site, ROUND, APPLICANT, "De Brug")
    hand_in(site, ROUND, STRANGER, "Elders")
    hand_in(site, ROUND, DECLINED_ONE, "Mia's Huis")
    for email, number in ((DRAFTING, DRAFT), (APPLICANT, OWN_DRAFT)):
        assert hand_in(site, ROUND, email, "Zon", submit=False) == number
        cycle.extend(
            ROUND, "call closes", date(2019, 6, 30), reason=f"Ziekte bij {number}", by=STAFF, now=now, dossier=number
        )
    hand_in(site, ROUND, WITHDRAWN_ONE, "Berg")
    for email in (COLLEAGUE, FORMER_COLLEAGUE, SPEAKING_MEMBER):
        for number in (OWN, OWN_DRAFT):
            cycle.add_contact(ROUND, number, email=email, name="", language="nl", by=APPLICANT, now=now)
    for email, organisation in ((STRANGER, "Elders in het zuiden"), (APPLICANT, "De Brug in het zuiden")):
        hand_in(site, SOUTH, email, organisation)


def _read(site: Site) -> None:
    """In preselection: members answer and judge, two leave, and verdicts are recorded."""
    cycle, now = site.cycle, site.now
    for number in (OWN, FOREIGN, PASSED):
        for place, email in enumerate((CHAIR, MARKING, FORMER_MEMBER)):
            judge(site, number, email, 6 + place)
        cycle.declare_clear(ROUND, number, by=MEMBER, now=now)
    for email in (FOURTH, CONFLICTED_CHAIR, CONFLICTED_STAFF):
        cycle.declare_conflict(ROUND, OWN, by=email, now=now, reason="Mijn nicht werkt er.")
    for number in (FOREIGN, PASSED):
        cycle.declare_clear(ROUND, number, by=CONFLICTED_CHAIR, now=now)
    cycle.act(ROUND, LEFT, "withdraw", by=WITHDRAWN_ONE, now=now)
    for number, verdict in ((OWN, "shortlist"), (FOREIGN, "shortlist"), (PASSED, "pass_over")):
        cycle.verdict(ROUND, number, verdict, by=CHAIR, now=now, reason=f"Besproken: {number}")
    cycle.write_note(ROUND, OWN, "Zij belden over een tweede partner.", by=STAFF, now=now)
    cycle.approve(ROUND, "recommendations opens", by=STAFF, now=now)
    cycle.remove_role(ROUND, email=FORMER_MEMBER, role="jury", by=STAFF, now=now)
    for number in (OWN, OWN_DRAFT):
        cycle.remove_contact(ROUND, number, email=FORMER_COLLEAGUE, by=APPLICANT, now=now)


def _asked(site: Site) -> None:
    """Everybody is asked to come to the pitch, by the running order."""
    with site.database.reading() as session:
        shown = foretell(site.cycle.look(session, ROUND, site.now), "pitch").digest
    site.cycle.publish_order(ROUND, "pitch", by=STAFF, now=site.now, shown=shown)


def _pitched(site: Site) -> None:
    """After the pitch: who came is noted, verdicts stand that nobody outside may know of."""
    cycle, now = site.cycle, site.now
    for number in (OWN, FOREIGN):
        cycle.attend(ROUND, number, "pitch", by=STAFF, now=now)
    cycle.verdict(ROUND, OWN, "award", by=CHAIR, now=now, reason="Unaniem.")
    cycle.verdict(ROUND, FOREIGN, "turn_down", by=CHAIR, now=now, reason="Te duur.")
    cycle.start_dossier(
        EARLIER, organisation="De Brug", email=APPLICANT, name="An", language="nl", by=STAFF, now=now,
        number=UNDER_WAY, state="in_rollout",
    )  # fmt: skip
    for email in (COLLEAGUE, SPEAKING_MEMBER):
        cycle.add_contact(EARLIER, UNDER_WAY, email=email, name="", language="nl", by=APPLICANT, now=now)
    cycle.deliver(
        EARLIER, UNDER_WAY, "interim_report", {}, by=APPLICANT, now=now,
        files={"report": Upload("verslag.pdf", PDF + b"% report")},
    )  # fmt: skip
    cycle.start_dossier(
        EARLIER, organisation="Gesloten", email=DRAFTING, name="Zoë", language="nl", by=STAFF, now=now,
        number="CI17-002", state="in_rollout",
    )  # fmt: skip
    # as long as its letters wait, it can be undone
    cycle.move(EARLIER, ["CI17-002"], "stop", by=STAFF, now=now, reason="Gesloten", undo_for=600_000_000)
    with site.database.transaction() as session:
        person = find_person(session, APPLICANT)
        assert person is not None
        feeds.make(session, the_id(person), FEED, now)
        staff = find_person(session, STAFF)
        assert staff is not None
        saved_views.save(session, the_id(staff), "cera-impuls", name="Late", page="table", query="only=late", now=now)
        kept_forms.keep(
            session, nonce=KEPT, person_id=the_id(person), path=f"/dossier/{ROUND}/{OWN_DRAFT}/section/project",
            texts=[("a-title", "Wat An nog typte")], files=[], now=now,
        )  # fmt: skip
    cycle.ask_extension(ROUND, OWN_DRAFT, of="call closes", to=date(2019, 7, 31), reason="Meer tijd", by=APPLICANT,
                        now=now)  # fmt: skip
    cycle.extend_each(ROUND, "rollout closes", date(2022, 9, 15), reason="Een feestdag", by=STAFF, now=now,
                      dossiers=None, undo_for=600_000_000)  # fmt: skip


def conference(site: Site) -> int:
    """The meeting that is still to come, and open to everyone."""
    with site.database.reading() as session:
        return session.exec(select(MeetingRow.id).where(col(MeetingRow.name) == "closing_conference")).first() or 0


def _prepared(site: Site) -> None:
    """A round in the making, a rehearsal of the one that runs, and a meeting to which people are asked, or sign up."""
    site.cycle.sign_up(ROUND, conference(site), email=APPLICANT, language="nl", now=site.now)
    asked = [Asked(APPLICANT, "applicant", OWN), Asked(CHAIR, "jury")]
    site.cycle.invite(ROUND, 6, asked, by=STAFF, now=site.now)
    site.cycle.record_presence(ROUND, 4, APPLICANT, number=OWN, by=STAFF, now=site.now)
    counted = dict.fromkeys(("handed_in", "letters", "deadlines", "refused", "warnings", "days"), 1)
    with site.database.transaction() as session:
        person = find_person(session, STAFF)
        assert person is not None
        by, now = the_id(person), site.now
        files = cera().files
        drafts.make(session, programme="cera-impuls", name="2019", source="upload", files=files, by=by, now=now)
        id = rehearsals.ask(session, cera(), "2019", rehearsals.Wanted(3, 7), by=by, now=now)
        rehearsals.put_outcome(
            session, id, now, figures=counted, report=zlib.compress(b"<!DOCTYPE html><title>Report</title>"),
            outcome={"letters": [["2019-01-15", "awarded", "nl", 1]], "warnings": [], "deadlines": []},
        )  # fmt: skip


async def _post(site: Site) -> None:
    contact = Address("Els Peeters", addr_spec=STAFF)
    postman = Postman(site.database, Mailbox(site.clock), Renderer(contact), sender=SENDER, shelf=site.shelf)
    await postman.deliver(site.clock)


def post(site: Site) -> None:
    """All letters that wait leave now."""
    asyncio.run(_post(site))


def _answered(site: Site) -> None:
    """The contact has answered the receipt that she got."""
    with site.database.reading() as session:
        letter = session.exec(
            select(NotificationRow).where(
                col(NotificationRow.address) == APPLICANT, col(NotificationRow.letter) == "submission-received"
            )
        ).first()  # fmt: skip
    assert letter is not None
    raw = b"Thank you."
    answer = Mail(
        "1", "<answer@brug.example>", APPLICANT, "Re: a receipt", REPLY, raw, len(raw), (letter.message_id,)
    )  # fmt: skip
    assert site.cycle.receive(answer, now=site.now) == "before staff"


@cache
def _built() -> Any:
    """The driver's connection to the whole world, to be copied, and what stands in it."""
    database = fresh()
    put_round(database)
    site = Site(database, CALL)
    open_south(Cycle(database, Outbox(SENDER).queue))
    _called(site)
    for instant, play in ((READING, _read), (TOLD, _asked), (NOW, _pitched)):
        site.clock.instant = instant
        site.cycle.advance(site.now)
        play(site)
        post(site)
    _prepared(site)
    _answered(site)
    post(site)
    return database.writer.raw_connection().driver_connection


def world() -> Site:
    """A copy of the world, to be closed by whoever asked for it."""
    site = Site(fresh(), NOW)
    again(site)
    return site


def again(site: Site) -> None:
    """Everything as it was, and nobody has asked too often."""
    object.__setattr__(site.office, "throttle", Throttle())
    connection = site.database.writer.raw_connection()
    _built().backup(connection.driver_connection)
    connection.close()


NOT_COMPARED = ("sign_in",)
"""tables in which whoever knocks at the door leaves a trace"""


@cache
def _compared() -> dict[str, str]:
    """table -> how to ask for its rows, but for when a session was last used."""
    cursor = _built().cursor()
    asked = {}
    for (table,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if table not in NOT_COMPARED:
            columns = [f'"{row[1]}"' for row in cursor.execute(f'PRAGMA table_info("{table}")') if row[1] != "seen_at"]
            asked[table] = f'SELECT {", ".join(columns)} FROM "{table}"'
    cursor.close()
    return asked


def contents(site: Site) -> dict[str, str]:
    """table -> a digest over its rows, but for when a session was last used."""
    connection = site.database.writer.raw_connection()
    cursor = connection.cursor()
    found = {}
    for table, asked in _compared().items():
        # in the form of version 2 the same values are the same bytes, whichever objects they are
        rows = sorted(marshal.dumps(tuple(row), 2) for row in cursor.execute(asked))
        found[table] = hashlib.sha256(b"".join(rows)).hexdigest()
    cursor.close()
    connection.close()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables in which something is not as it was."""
    return [name for name in before if before[name] != after[name]]


def touched(site: Site) -> int:
    """How many rows have been written so far, kept or not: what is the same has not been written to."""
    connection = site.database.writer.raw_connection()
    count: int = connection.driver_connection.total_changes
    connection.close()
    return count
