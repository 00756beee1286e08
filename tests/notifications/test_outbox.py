from dataclasses import replace

import pytest
import sqlalchemy as sa
from letters_world import KEY, MINUTE, SENDER, World
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from engine.cycle import Cycle, Told
from engine.cycle.telling import Many
from engine.database.records import ConflictRow, ContactRow, DossierRow, NotificationRow, PersonRow, RoleRow
from engine.errors import GrantcycleError
from notifications.outbox import Outbox
from notifications.recipients import may_write_to, read_address
from notifications.rendering import Renderer
from notifications.transport import Mailbox


def test_an_act_tells_its_applicant_and_each_member_in_their_own_language(world: World) -> None:
    cycle = Cycle(world.database, world.outbox.queue)
    cycle.act(KEY, "SG19-001", "submit", by="amina@house.example", now=world.clock.now())
    assert [(row.role, row.letter, row.language, row.address, row.status) for row in world.rows()] == [
        ("applicant", "received", "nl", "amina@house.example", "waiting"),
        ("jury", "to-read", "fr", "jo@jury.example", "waiting"),
        ("jury", "to-read", "en", "kim@jury.example", "waiting"),
    ]
    assert [row.facts["person"]["name"] for row in world.rows()] == ["Amina", "Jo Jury", "Kim Jury"]


def test_a_language_that_the_workflow_does_not_have_becomes_the_workflows_own(world: World) -> None:
    with world.database.transaction() as session:
        session.exec(select(PersonRow).where(PersonRow.email == "amina@house.example")).one().language = "de"
    world.tell(world.to_applicant())
    assert [row.language for row in world.rows()] == ["nl"]


def test_told_twice_because_of_one_cause_is_one_letter(world: World) -> None:
    world.tell(world.to_applicant(), world.to_applicant(), world.to_jury(1, 2), world.to_jury(1, 2))
    world.tell(world.to_applicant(), world.to_jury(1, 2))
    assert [row.address for row in world.rows()] == ["amina@house.example", "jo@jury.example", "kim@jury.example"]


def test_the_unique_key_is_what_keeps_a_letter_from_being_written_twice(world: World) -> None:
    world.tell(world.to_applicant())
    [row] = world.rows()
    again = NotificationRow(**row.model_dump(exclude={"id", "message_id"}), message_id="<other@funder.example>")
    with (
        pytest.raises(IntegrityError, match=r"(?i)unique constraint (failed: notification\.|\"notification_)key"),
        world.database.transaction() as session,
    ):
        session.add(again)


def test_another_cause_another_moment_or_another_dossier_is_another_letter(world: World) -> None:
    world.tell(world.to_applicant())
    world.tell(world.to_applicant(), name="transition finish")
    world.tell(world.to_applicant(), at=world.clock.now() + MINUTE)
    world.tell(world.to_applicant(2))
    rows = world.rows()
    assert len({row.key for row in rows}) == len({row.message_id for row in rows}) == 4


def test_two_extensions_of_one_dossier_at_one_instant_are_two_letters(world: World) -> None:
    day = {"day": "2019-03-01", "hour": None, "edge": "closes"}
    for name in ("Verslag 1", "Verslag 2"):
        extension = {"of": name, "old": day, "new": day, "reason": "ziek"}
        world.tell(world.to_applicant(extras={"extension": extension}), name="extension")
    assert len(world.rows()) == 2


def test_each_contact_of_a_dossier_gets_a_letter_of_their_own(world: World) -> None:
    with world.database.transaction() as session:
        session.add(ContactRow(dossier_id=1, person_id=world.person("bo@house.example").id, since=0))
    world.tell(world.to_applicant(1))
    assert [(row.address, row.dossier_id) for row in world.rows()] == [
        ("amina@house.example", 1), ("bo@house.example", 1),
    ]  # fmt: skip


def test_a_bundle_leaves_out_the_dossiers_its_reader_has_a_conflict_with(world: World) -> None:
    jo = world.person("jo@jury.example").id
    with world.database.transaction() as session:
        session.add(ConflictRow(dossier_id=1, person_id=jo, declared_at=0))
    world.tell(world.to_jury(1, 2))
    world.tell(world.to_jury(1), name="transition finish")
    listed = [(row.address, [line["number"] for line in row.facts["dossiers"]]) for row in world.rows()]
    assert listed == [
        ("jo@jury.example", ["SG19-002"]),
        ("kim@jury.example", ["SG19-001", "SG19-002"]),
        ("kim@jury.example", ["SG19-001"]),
    ]
    assert [row.dossier_id for row in world.rows()] == [None, None, None]


def test_what_a_bundle_does_not_list_is_not_counted_for_whoever_may_not_know_of_it(world: World) -> None:
    jo = world.person("jo@jury.example").id
    with world.database.transaction() as session:
        first = session.get_one(DossierRow, 1)
        session.add(DossierRow(**first.model_dump() | {"id": 3, "number": "SG19-003"}))
        session.flush()
        for dossier_id in (1, 3):  # one that is told of by itself, and one of many that is not listed
            session.add(ConflictRow(dossier_id=dossier_id, person_id=jo, declared_at=0))
    many = Many(2, sa.select(col(DossierRow.id)).where(col(DossierRow.id).in_((2, 3))))
    world.tell(replace(world.to_jury(1, 2), many=(many,), alone=(1,), size=3))
    listed = {row.address: ([line["number"] for line in row.facts["dossiers"]], row.facts.get("more"))
              for row in world.rows()}  # fmt: skip
    assert listed == {
        "jo@jury.example": (["SG19-002"], None), "kim@jury.example": (["SG19-001", "SG19-002"], 1),
    }  # fmt: skip


def test_who_has_two_roles_gets_the_same_bundle_once_and_observers_none(world: World) -> None:
    with world.database.transaction() as session:
        session.add(RoleRow(round_id=1, person_id=world.person("jo@jury.example").id, role="staff", since=0))
        session.add(RoleRow(round_id=1, person_id=world.person("bo@house.example").id, role="jury observer", since=0))
    world.tell(world.to_jury(1), world.to_jury(1, role="staff"))
    assert [(row.address, row.role) for row in world.rows()] == [
        ("jo@jury.example", "jury"), ("kim@jury.example", "jury"), ("els@funder.example", "staff"),
    ]  # fmt: skip


def test_everyone_is_told_about_a_moment_without_dossiers(world: World) -> None:
    with world.database.transaction() as session:
        session.add(RoleRow(round_id=1, person_id=world.person("bo@house.example").id, role="everyone", since=0))
    world.tell(Told("everyone", "to-read", (), world.clock.now()))
    assert [(row.address, row.facts) for row in world.rows()] == [("bo@house.example", {"person": {"name": "Bo"}})]


def test_a_message_id_is_fixed_before_the_first_try_and_bears_the_senders_domain(world: World) -> None:
    world.tell(world.to_applicant())
    first = world.rows()[0].message_id
    token, dossier, rest = first.removeprefix("<").split(".", 2)
    person = world.person("amina@house.example").id
    assert (len(token), dossier, rest) == (24, "1", f"{person}@{SENDER.domain}>")


def test_on_a_staging_machine_only_those_on_the_list_are_written_to(world: World) -> None:
    world.outbox.allow = ("AMINA@house.example", "@jury.example")
    world.tell(world.to_applicant(1), world.to_applicant(2), world.to_jury(1))
    assert [(row.address, row.status, row.last_reply) for row in world.rows()] == [
        ("amina@house.example", "waiting", None),
        ("bo@house.example", "cancelled", "not on the allow-list"),
        ("jo@jury.example", "waiting", None),
        ("kim@jury.example", "waiting", None),
    ]


@pytest.mark.parametrize(
    ("address", "allow", "may"),
    [
        ("a@b.example", (), True),
        ("a@b.example", ("b.example",), True),
        ("a@b.example", ("@B.example",), True),
        ("a@sub.b.example", ("@b.example",), False),
        ("a@xb.example", ("b.example",), False),
        ("c@b.example", ("a@b.example",), False),
    ],
)
def test_an_allow_list_names_addresses_and_whole_domains(address: str, allow: tuple[str, ...], may: bool) -> None:
    assert may_write_to(address, allow) is may


async def test_an_address_that_is_none_fails_with_a_sentence_and_holds_up_nobody(
    world: World, renderer: Renderer
) -> None:
    with world.database.transaction() as session:
        session.exec(select(PersonRow).where(PersonRow.email == "amina@house.example")).one().email = "a@b.example, c@d"
    world.tell(world.to_applicant(), world.to_applicant(2))
    mailbox = Mailbox(world.clock)
    await world.postman(mailbox, renderer).deliver(world.clock)
    assert [(row.status, row.last_reply) for row in world.rows()] == [
        ("failed", '"a@b.example, c@d" is not one address'), ("sent", "250 kept"),
    ]  # fmt: skip
    assert [posted.recipient for posted in mailbox.letters] == ["bo@house.example"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("a@b.example, c@d.example", '"a@b.example, c@d.example" is not one address'),
        ("a@b.example\nBcc: c@d.example", 'is not an address: it holds a line break or a control character'),
        ("a@b.example\x00", 'is not an address: it holds a line break or a control character'),
        ("A <a@b.example>", 'is not an address'),
        ("nobody", 'is not an address'),
        ("andré@vélo.example", 'is not an address'),
    ],
)  # fmt: skip
def test_only_one_plain_address_is_an_address(written: str, sentence: str) -> None:
    with pytest.raises(GrantcycleError) as refused:
        read_address(written)
    assert sentence in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_domain_with_accents_is_written_as_mail_servers_write_it() -> None:
    assert read_address("andre@vélo.example") == "andre@xn--vlo-bma.example"


def test_nothing_is_written_when_the_act_is_not(world: World) -> None:
    class Refusing(Outbox):
        def queue(self, *arguments: object) -> None:
            super().queue(*arguments)  # type: ignore[arg-type]
            raise GrantcycleError("no")

    cycle = Cycle(world.database, Refusing(SENDER).queue)
    with pytest.raises(GrantcycleError, match="no"):
        cycle.act(KEY, "SG19-001", "submit", by="amina@house.example", now=world.clock.now())
    with world.database.reading() as session:
        assert session.connection().execute(text("SELECT state FROM dossier WHERE id = 1")).scalar() == "draft"
    assert world.rows() == []
