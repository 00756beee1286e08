"""Letters of no round: queued once, in the caller's transaction, to whoever is known or not, and read by everybody."""

from typing import Any

import pytest
from account_letters import AT, FACTS, NONCE, OPEN, queue, secrets
from letters_world import CONTACT, KEY, MINUTE, SENDER, World
from sqlmodel import Session, select

from engine.database import looking
from engine.database.health import health
from engine.database.invariants import INVARIANTS, check
from engine.database.invariants.outbox import OUTBOX
from engine.database.records import CauseRow, NotificationRow, PinnedRow, RoundRow
from engine.errors import GrantcycleError, Refused
from engine.files.reading import folder_digest
from notifications.account_facts import KINDS, judge
from notifications.accounts import AccountLetters
from notifications.desk import Desk
from notifications.invariants import LETTERS
from notifications.languages import WORDS
from notifications.letters import compile_letter, find
from notifications.naming import misnamed
from notifications.rendering import Renderer
from notifications.secrets import BLANKED
from notifications.shapes import A, Each, Shape
from notifications.shipped import shipped
from notifications.transport import Mailbox

STAFF = "els@funder.example"
SHARED = {"timezone": "Europe/Brussels", "programme": "Small Grants"}


def broken(world: World) -> list[tuple[str, tuple[str, ...]]]:
    with world.database.reading() as session:
        rounds = session.exec(select(RoundRow)).all()
        found = check(session, world.clock.now(), rounds, invariants=(*INVARIANTS, *LETTERS))
        return [(one.invariant.name, one.offending) for one in found if one.offending]


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("letter", KINDS)
def test_every_letter_is_written_in_every_language_whether_or_not_all_is_known(letter: str, language: str) -> None:
    renderer, kind = Renderer(CONTACT), KINDS[letter]
    least = {name: fact for name, fact in FACTS[letter].items() if name not in kind.may}
    for name, given in (("Bo", FACTS[letter]), ("Bo", least), ("", least)):
        about = {"dossier": {"number": "SG19-001"}} if kind.of_a_dossier else {}
        facts = {"person": {"name": name}, **about, **given}
        written = renderer.render_account(
            shipped(), letter=letter, language=language, shared=SHARED, facts=facts, secrets=secrets(NONCE)
        )
        assert len(written.subject) <= 60
        assert "None" not in written.text + written.html
        known = facts | (secrets(NONCE) if "nonce" in facts else {})
        links = [known[name] for name in ("link", "stop") if name in known]
        assert [(written.text.count(f":\n{link}\n"), written.html.count(f'href="{link}"')) for link in links] == [
            (1, 1)
        ] * len(links)
        assert written.html.count('class="button"') == 2 * len(links)  # the table, and the link in it


@pytest.mark.parametrize("letter", KINDS)
def test_a_letter_names_only_what_it_is_given(letter: str) -> None:
    kind = KINDS[letter]
    given: dict[str, Shape] = dict.fromkeys((*kind.needs, *kind.may, *kind.secrets), A)
    given |= {"until": {"short": A}, "person": {"name": A}, "contact": {"name": A, "email": A}, "programme": A}
    given |= {"dossier": {"number": A}} if kind.of_a_dossier else {}
    given |= {"dossiers": Each({"number": A, "title": A, "organisation": A})}
    for language in WORDS:
        source = find(shipped(), language, letter)
        compile_letter(source, is_own=True)
        assert misnamed(source.subject + source.body, given) == []


def test_what_a_stranger_typed_becomes_neither_a_link_nor_a_button() -> None:
    facts = {**FACTS["co-applicant"], "by": "[Win](https://evil.example) www.evil.example", "person": {"name": ""},
             "dossier": {"number": "SG19-001"}}  # fmt: skip
    written = Renderer(CONTACT).render_account(
        shipped(), letter="co-applicant", language="en", shared=SHARED, facts=facts, secrets=secrets(NONCE)
    )
    assert written.html.count("href=") == 1
    assert "evil.example" not in written.subject
    assert "www.evil.example" not in written.text.replace("\u200b", "|")


def test_a_letter_is_queued_once_with_its_cause_and_its_text(world: World) -> None:
    assert [queue(world), queue(world), queue(world, key="2")] == [True, False, True]
    causes = world.read(select(CauseRow))
    rows = [(row.key, row.round_id, row.person_id, row.role, row.urgent, row.status) for row in world.rows()]
    assert rows == [
        ("account sign-in | 1", None, None, "account holder", True, "waiting"),
        ("account sign-in | 2", None, None, "account holder", True, "waiting"),
    ]
    assert [(cause.name, cause.round_id, cause.digest) for cause in causes] == [
        ("account sign-in", None, shipped().digest)
    ] * 2
    [pinned] = world.read(select(PinnedRow).where(PinnedRow.digest == shipped().digest))
    assert pinned.files["letters/nl/sign-in.md"] == find_text("nl", "sign-in")
    assert broken(world) == []


def find_text(language: str, letter: str) -> str:
    return shipped().letters[language][letter]


def test_what_the_caller_takes_back_was_never_queued(world: World) -> None:
    def fail() -> None:
        with world.database.transaction() as session:
            AccountLetters(SENDER).queue(
                session, letter="sign-in", key="1", facts=FACTS["sign-in"], now=1, address="a@house.example"
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (world.rows(), world.read(select(CauseRow))) == ([], [])


async def test_a_letter_of_a_round_belongs_to_its_dossiers_thread_and_speaks_its_language(
    world: World, renderer: Renderer
) -> None:
    amina = world.person("amina@house.example")
    assert queue(world, "delivered", person=amina, dossier_id=1, language="fr", valid_until=None)
    world.tell(world.to_applicant(1))
    box = Mailbox(world.clock)
    postman = world.postman(box, renderer)
    await postman.deliver(world.clock)
    first, second = (letter.raw.decode() for letter in box.letters)
    thread = [line for line in first.splitlines() if line.startswith("References")]
    assert thread == [line for line in second.splitlines() if line.startswith("References")] != []
    [row, _] = world.rows()
    assert (row.round_id, row.person_id, row.language, row.key) == (1, amina.id, "fr", f"{KEY} | account delivered | 1")
    [cause] = world.read(select(CauseRow).where(CauseRow.id == row.cause_id))
    assert cause.facts == {
        "programme": "Petites bourses", "timezone": "Europe/Brussels", "round": {"key": KEY, "title": "Tour 2019"},
    }  # fmt: skip
    assert "vendredi 1er mars 2019 =C3=A0 9 h (heure de Bruxelles)" in first.replace("=\r\n", "")
    assert broken(world) == []


def test_staff_are_told_unless_they_stepped_back(world: World) -> None:
    def ask() -> int:
        with world.database.transaction() as session:
            return AccountLetters(SENDER).queue_to_staff(
                session, letter="extension-asked", key="1", facts=FACTS["extension-asked"], now=AT, dossier_id=1
            )

    assert (ask(), ask()) == (1, 0)
    assert [row.address for row in world.rows()] == [STAFF]
    with world.database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO conflict (dossier_id, person_id, declared_at, reason) "
            f"SELECT 2, id, 1, 'family' FROM person WHERE email = '{STAFF}'"
        )
    with world.database.transaction() as session:
        told = AccountLetters(SENDER).queue_to_staff(
            session, letter="extension-asked", key="2", facts=FACTS["extension-asked"], now=AT, dossier_id=2
        )
    assert told == 0


async def test_it_ends_before_it_begins_where_the_allow_list_forbids_it_and_expires(
    world: World, renderer: Renderer
) -> None:
    queue(world, allow=("funder.example",))
    queue(world, key="2", valid_until=world.clock.now() + 15 * MINUTE)
    world.clock.instant += 15 * MINUTE
    box = Mailbox(world.clock)
    await world.postman(box, renderer, secrets=secrets).deliver(world.clock)
    assert [(row.status, row.last_reply) for row in world.rows()] == [
        ("cancelled", "not on the allow-list"), ("expired", None),
    ]  # fmt: skip
    assert box.letters == []


@pytest.mark.parametrize(
    ("letter", "changed", "sentence"),
    [
        ("sign-out", {}, 'there is no letter about an account "sign-out"; did you mean "sign-in"?'),
        ("sign-in", {"code": "123456"}, 'the letter "sign-in" is not given code'),
        ("sign-in", {"nonce": None}, 'the letter "sign-in" needs code, link'),
        ("sign-in", {"nonce": None, "link": OPEN, "code": "123456"},
         'the code of "sign-in" may not be kept: give a nonce, of which it is made'),
        ("co-applicant", {"by": None}, 'the letter "co-applicant" needs by'),
        ("subscribed", {"stop": "javascript:x"}, 'the link "javascript:x" of "subscribed" leads nowhere from a mail'),
        ("second-factor-changed", {"change": "x"},
         'there is no change of a second factor "x"; known: code_used, new_codes, removed, set_up'),
    ],
)  # fmt: skip
def test_facts_that_a_letter_is_not_given_are_refused(letter: str, changed: dict[str, Any], sentence: str) -> None:
    facts = {name: fact for name, fact in {**FACTS.get(letter, {}), **changed}.items() if fact is not None}
    with pytest.raises(GrantcycleError) as refused:
        judge(letter, facts)
    assert str(refused.value) == sentence


def test_a_letter_has_a_reader_and_where_it_needs_one_a_dossier(filed: World) -> None:
    for letter, more, sentence in (
        ("co-applicant", {}, 'the letter "co-applicant" is about a dossier, and none is named'),
        ("sign-in", {"address": ""}, 'nobody is named to whom the letter "sign-in" goes'),
        ("sign-in", {"facts": {}}, 'the letter "sign-in" needs code, code_minutes, link, link_minutes'),
    ):
        with pytest.raises(GrantcycleError) as refused:
            queue(filed, letter, **more)
        assert (str(refused.value), filed.rows()) == (sentence, [])


def test_everybody_who_reads_the_outbox_reads_letters_of_no_round(world: World) -> None:
    queue(world)
    world.tell(world.to_applicant(1))
    with world.database.reading() as session:
        [line] = looking.letters(session, None)
        of_the_round = [one.letter for one in looking.letters(session, 1)]
        row, letter = looking.notification(session, line.id)
        now = world.clock.now()
        late = health(session, now + 1)
    assert (line.round, line.cause, line.dossier, line.address, line.status) == (
        None, "account sign-in", None, "new@house.example", "waiting",
    )  # fmt: skip
    assert (of_the_round, row.letter, letter, late.unsent(now + 1)) == (["received"], "sign-in", None, 1)


async def test_staff_of_any_round_hold_and_let_go_a_letter_of_none(world: World, renderer: Renderer) -> None:
    queue(world)
    desk, now = Desk(world.database), world.clock.now()
    with pytest.raises(Refused, match="only programme staff"):
        desk.hold(1, by="jo@jury.example", now=now)
    desk.hold(1, by=STAFF, now=now)
    assert [(row.status, row.last_reply) for row in world.rows()] == [("held", f"held by {STAFF}")]
    desk.let_go(1, by=STAFF, now=now)
    await world.postman(Mailbox(world.clock), renderer, secrets=secrets).deliver(world.clock)
    assert world.statuses() == ["sent"]
    assert broken(world) == []


WRONG = {
    "letters end": "status = 'gone'",
    "letters' keys": "message_id = '<0123456789012345678901234567890123@x>'",
    "letters of no round": "role = 'jury'",
    "sent letters": "status = 'sent', ended_at = 1",
    "message ids": "message_id = 'x'",
}


def test_what_is_wrong_with_a_letter_of_no_round_is_found(world: World) -> None:
    queue(world)
    assert broken(world) == []
    for name, change in WRONG.items():
        with Session(world.database.writer) as session:
            session.connection().exec_driver_sql(f"UPDATE notification SET {change}")
            found = check(session, world.clock.now(), [], invariants=(*OUTBOX, *LETTERS))
            assert name in [one.invariant.name for one in found if one.offending]
            session.rollback()


async def test_an_older_text_is_what_an_older_letter_says(world: World, renderer: Renderer) -> None:
    """As after an upgrade: the letter was queued by a version whose texts were others."""
    files = {"letters/nl/sign-in.md": "Oud: {{ code }}\n\n[Aanmelden]({{ link }})\n"}
    digest = folder_digest(files)
    with world.database.transaction() as session:
        session.add(PinnedRow(digest=digest, programme="letters of grantcycle", files=files, pinned_at=0))
        session.flush()
        cause = CauseRow(round_id=None, name="account sign-in", at=1, facts=SHARED, digest=digest)
        session.add(cause)
        session.flush()
        now = world.clock.now()
        session.add(NotificationRow(
            key="k", cause_id=cause.id, role="account holder", letter="sign-in", language="nl",
            address="a@house.example", message_id="<k@x>", facts={**FACTS["sign-in"], "person": {"name": ""}},
            status="waiting", leaves_at=now, next_try_at=now,
        ))  # fmt: skip
    box = Mailbox(world.clock)
    await world.postman(box, renderer, secrets=secrets).deliver(world.clock)
    code = secrets(NONCE)["code"]
    assert [f"Subject: Oud: {code[:3]} {code[3:]}\r\n".encode() in letter.raw for letter in box.letters] == [True]
    assert BLANKED["code"] not in box.letters[0].raw.decode()
