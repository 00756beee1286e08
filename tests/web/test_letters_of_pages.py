"""What letters say to people who have not said their name yet."""

from sqlmodel import select
from visiting import ROUND, Site, at

from engine.database.records import NotificationRow

NAMELESS = "iemand@brug.example"


def test_whoever_has_not_said_a_name_is_called_by_the_address_alone_and_in_a_cohort(site: Site) -> None:
    for email in (NAMELESS, "ander@brug.example"):
        site.cycle.start_dossier(
            ROUND, organisation="", email=email, name="", language="nl", by=email, now=site.now
        )  # fmt: skip
    site.cycle.act(ROUND, "CI19-001", "withdraw", by=NAMELESS, now=site.now)
    site.clock.instant = at("2019-03-02 10:00")
    site.cycle.advance(site.now)
    with site.database.reading() as session:
        rows = session.exec(select(NotificationRow).where(NotificationRow.role == "applicant")).all()
    assert {(row.letter, row.facts["person"]["name"]) for row in rows if row.letter != "unfinished-draft"} == {
        ("withdrawn", NAMELESS), ("draft-lapsed", "ander@brug.example"),
    }  # fmt: skip
