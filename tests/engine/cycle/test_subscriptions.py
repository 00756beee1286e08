"""Is whoever asked to be told of a programme told in every round that opens, until they end it with one click?"""

from email import message_from_bytes
from email.policy import default

import pytest
from prizes import Prizes
from stage import SENDER, applicant
from yearly_prizes import STAFF, at, key

from engine.cycle.scene import Shelf
from engine.database.connection import Database
from engine.database.records import NotificationRow, RoleRow, SubscriptionRow
from engine.errors import Unknown
from notifications.freezing import put_into_words, read_pinned
from notifications.rendering import Renderer

ANNOUNCED = {
    "[transition.submit]": (
        '[announcement.opens]\nwhen = "call opens"\ntell = { everyone = "sorry" }\n\n[transition.submit]'
    )
}
ANNA, BERT = applicant("anna"), applicant("bert")


def told(play: Prizes) -> list[tuple[str, str, bool]]:
    """(cause's round, address, whether it says how to end it) of each letter to everyone."""
    return [
        (row.key.partition(" | ")[0], row.address, "told no more" in row.facts)
        for row in play.stage.rows(NotificationRow) if row.role == "everyone"
    ]  # fmt: skip


def test_who_asked_is_told_in_this_round_and_in_later_ones_until_they_end_it(database: Database) -> None:
    play = Prizes(database, ANNOUNCED).open("2030")
    for email, nonce in ((ANNA, "of-anna"), (BERT, "")):
        play.cycle.subscribe(key("2030"), email=email, language="en", now=at("2030", "01-06T10:00"), nonce=nonce)
    play.cycle.subscribe(key("2030"), email=ANNA, language="en", now=at("2030", "01-06T11:00"), nonce="again")
    assert [(row.nonce, row.ended_at) for row in play.stage.rows(SubscriptionRow)] == [("of-anna", None)]
    play.cycle.advance(at("2030", "02-02T10:00"))
    play.open("2031")
    play.cycle.advance(at("2031", "02-02T10:00"))
    assert told(play) == [(key("2030"), ANNA, True), (key("2030"), BERT, False), (key("2031"), ANNA, True)]
    now = at("2031", "02-03T10:00")
    play.cycle.unsubscribe("of-anna", now=now)
    play.cycle.unsubscribe("of-anna", now=now + 1)
    play.open("2032")
    play.cycle.advance(at("2032", "02-02T10:00"))
    assert len(told(play)) == 3
    left = [(row.round_id, row.person_id) for row in play.stage.rows(RoleRow) if row.role == "everyone"]
    assert left == [(1, play.stage.person_id(BERT))]
    with pytest.raises(Unknown):
        play.cycle.unsubscribe("of-nobody", now=now)


def test_leaving_one_round_on_its_page_ends_the_programme_too(database: Database) -> None:
    play = Prizes(database, ANNOUNCED).open("2030")
    now = at("2030", "01-06T10:00")
    play.cycle.subscribe(key("2030"), email=ANNA, language="en", now=now, nonce="of-anna")
    play.cycle.leave(key("2030"), by=ANNA, now=now + 1)
    assert [row.ended_at for row in play.stage.rows(SubscriptionRow)] == [now + 1]
    play.cycle.subscribe(key("2030"), email=ANNA, language="en", now=now + 2, nonce="once-more")
    assert [(row.nonce, row.ended_at) for row in play.stage.rows(SubscriptionRow)] == [
        ("of-anna", now + 1), ("once-more", None)
    ]  # fmt: skip


def test_a_letter_to_whoever_asked_says_how_to_end_it_in_its_headers_and_below(database: Database) -> None:
    play = Prizes(database, ANNOUNCED).open("2030")
    now = at("2030", "01-06T10:00")
    play.cycle.subscribe(key("2030"), email=ANNA, language="en", now=now, nonce="of-anna")
    play.cycle.add_person(key("2030"), email=BERT, name="", language="en", role="everyone", by=STAFF, now=now)
    play.cycle.advance(at("2030", "02-02T10:00"))
    renderer = Renderer(SENDER, site="https://fund.example")
    found = {}
    with database.reading() as session:
        for row in play.stage.rows(NotificationRow):
            written = put_into_words(read_pinned(session, Shelf(), [row]), renderer, SENDER, row, now)
            mail = message_from_bytes(written.raw, policy=default)
            ends = "To be told no more: https://fund.example/told-no-more/of-anna"
            found[row.address] = (
                mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"], ends in written.letter.text,
                "told-no-more/of-anna" in written.letter.html,
            )  # fmt: skip
    assert found == {
        ANNA: ("<https://fund.example/told-no-more/of-anna>", "List-Unsubscribe=One-Click", True, True),
        BERT: (None, None, False, False),
    }
