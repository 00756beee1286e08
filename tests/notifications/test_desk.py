import pytest
from letters_world import MINUTE, World

from engine.database import journal
from engine.errors import GrantcycleError, Refused
from notifications.desk import Desk
from notifications.rendering import Renderer
from notifications.transport import Mailbox

STAFF = "els@funder.example"


def acts(world: World) -> list[tuple[str, str, object]]:
    with world.database.reading() as session:
        rows = journal.read(session, 1)
        return [(row.what, row.actor, row.details["number"]) for row in rows if row.what.startswith("letter ")]


async def test_a_held_letter_stays_until_it_is_let_go(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1), world.to_applicant(2))
    desk, box = Desk(world.database), Mailbox(world.clock)
    desk.hold(1, by=STAFF, now=world.clock.now())
    await world.postman(box, renderer).deliver(world.clock)
    assert world.statuses() == ["held", "sent"]
    world.clock.instant += MINUTE
    desk.let_go(1, by=STAFF, now=world.clock.now())
    await world.postman(box, renderer).deliver(world.clock)
    assert world.statuses() == ["sent", "sent"]
    assert acts(world) == [("letter held", STAFF, 1), ("letter let go", STAFF, 1)]


async def test_a_cancelled_letter_is_never_sent(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    Desk(world.database).cancel(1, by=STAFF, now=world.clock.now())
    assert (await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)).sent == 0
    assert [(row.status, row.last_reply) for row in world.rows()] == [("cancelled", f"cancelled by {STAFF}")]


async def test_a_failed_letter_is_tried_again_from_the_beginning(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1, letter="nowhere"), world.to_jury(1))
    await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    desk = Desk(world.database)
    desk.retry(1, by=STAFF, now=world.clock.now())
    assert next((row.status, row.attempts, row.ended_at) for row in world.rows()) == ("waiting", 0, None)
    assert acts(world) == [("letter tried again", STAFF, 1)]


async def test_only_what_its_status_allows_can_be_done_with_a_letter(world: World, renderer: Renderer) -> None:
    world.tell(world.to_applicant(1))
    await world.postman(Mailbox(world.clock), renderer).deliver(world.clock)
    desk, now = Desk(world.database), world.clock.now()
    sentences = []
    for act in (desk.hold, desk.let_go, desk.cancel, desk.retry):
        with pytest.raises(Refused) as refused:
            act(1, by=STAFF, now=now)
        sentences.append(str(refused.value))
    assert sentences == [
        "letter 1 is sent: only one that is waiting or retry can be held",
        "letter 1 is sent: only one that is held can be let go",
        "letter 1 is sent: only one that is waiting or retry or held can be cancelled",
        "letter 1 is sent: only one that is failed or retry or held can be tried again",
    ]
    assert (world.statuses(), acts(world)) == (["sent"], [])


def test_only_staff_may_and_only_with_letters_that_there_are(world: World) -> None:
    world.tell(world.to_applicant(1))
    desk = Desk(world.database)
    for by in ("jo@jury.example", "nobody@else.example"):
        with pytest.raises(Refused, match="only programme staff may do this"):
            desk.hold(1, by=by, now=world.clock.now())
    with pytest.raises(GrantcycleError, match="there is no letter 99"):
        desk.hold(99, by=STAFF, now=world.clock.now())
    assert world.statuses() == ["waiting"]
