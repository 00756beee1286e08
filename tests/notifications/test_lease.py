from letters_world import World

from notifications.lease import LEASE, renew, take


def test_a_letter_that_is_still_on_its_way_keeps_its_lease(world: World) -> None:
    world.tell(world.to_applicant(1))
    now = world.clock.now()
    with world.database.transaction() as session:
        [mine] = take(session, "relay", now, free=8, busy=0)
    with world.database.transaction() as session:
        renew(session, [mine], now + LEASE // 2)
    assert mine.leased_until == now + LEASE // 2 + LEASE
    with world.database.transaction() as session:
        assert take(session, "relay", now + LEASE, free=8, busy=0) == []


def test_a_lease_that_somebody_else_has_taken_over_is_not_renewed(world: World) -> None:
    world.tell(world.to_applicant(1))
    now = world.clock.now()
    with world.database.transaction() as session:
        [mine] = take(session, "relay", now, free=8, busy=0)
    with world.database.transaction() as session:
        [theirs] = take(session, "relay", now + LEASE, free=8, busy=0)
    with world.database.transaction() as session:
        renew(session, [mine], now + LEASE)
    assert (mine.leased_until, theirs.leased_until) == (now + LEASE, now + 2 * LEASE)
