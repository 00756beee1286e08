"""Does anybody learn of a verdict before it takes effect?"""

import json
from datetime import date

import pytest
from databases import fresh
from stage import (
    CHAIR,
    MEMBER,
    NOTICE,
    READING,
    STAFF,
    THIRD,
    Stage,
    applicant,
    at,
        programme,
)

from engine.database.records import CauseRow


def test_no_applicant_is_told_anything_of_a_verdict_before_it_takes_effect(either: Stage) -> None:
    one, two, three = either.under_decision("anna", "bert", "cleo")
    for number, name in ((one, "choose"), (two, "decline"), (three, "choose")):
        either.cycle.verdict(either.key, number, name, by=CHAIR, now=READING, reason=f"secret of {number}")
        either.cycle.score(either.key, number, {"quality": 7}, by=MEMBER, now=READING)
    either.cycle.approve(either.key, "notice opens", by=STAFF, now=READING)
    # whatever makes a letter go to applicants in between
    either.cycle.act(either.key, three, "withdraw", by=applicant("cleo"), now=READING)
    either.cycle.extend(
        either.key, "notice opens", date(2030, 4, 4), reason="earlier", by=STAFF, now=READING, dossier=two
    )
    either.cycle.advance(NOTICE - 1)
    told = [heard for heard in either.ear.heard if heard.role == "applicant"]
    assert {heard.letter for heard in told} == {"received", "being-read", "withdrawn", "deadline-extended"}
    said = json.dumps([[dict(heard.told.facts_of), dict(heard.told.extras), heard.told.reason] for heard in told])
    for secret in ("words for", "secret", "choose", "decline", "Chosen", "Granted", "Declined"):
        assert secret not in said
    shared = json.dumps([row.facts for row in either.rows(CauseRow)])
    assert "secret" not in shared


ASKS_FOR_A_REASON = {
    """between      = ["reading opens", "notice opens"]
takes_effect = "notice opens"
tell         = { applicant = "not-granted" }""": """between      = ["reading opens", "notice opens"]
only_if      = { reason = "written" }
if_not       = { staff = "verdict-held-back" }
takes_effect = "notice opens"
tell         = { applicant = "not-granted" }"""
}


@pytest.mark.parametrize(
    ("edits", "reasons"),
    [({}, [None, None]), (ASKS_FOR_A_REASON, ["too broad", "too narrow"])],
    ids=["minutes", "asked"],
)
def test_each_applicant_reads_the_recommendations_of_the_own_dossier_and_the_reason_where_the_rules_ask_for_one(
    edits: dict[str, str], reasons: list[str | None]
) -> None:
    stage = Stage(fresh(), programme(edits=edits)).open()
    one, two = stage.under_decision("anna", "bert")
    stage.cycle.verdict(stage.key, one, "decline", by=CHAIR, now=READING, reason="too broad")
    stage.cycle.verdict(stage.key, two, "decline", by=CHAIR, now=READING, reason="too narrow")
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    stage.cycle.advance(NOTICE)
    (told,) = stage.ear.of("not-granted")
    assert told.told.reason is None
    assert [(facts["reason"], facts["recommendations"]) for facts in told.told.facts_of.values()] == [
        (reasons[0], [f"words for {one}"]), (reasons[1], [f"words for {two}"]),
    ]  # fmt: skip


def test_what_is_recommended_for_the_next_verdict_stays_unread_until_that_takes_effect() -> None:
    second = {
        "[transition.finish]": """
[transition.award]
from         = "working"
to           = "done"
by           = "jury"
takes_effect = "work closes"
tell         = { applicant = "awarded" }

[transition.finish]"""
    }
    played = Stage(fresh(), programme(edits=second)).open()
    (number,) = played.working("anna")
    now = at("2030-07-01T10:00")
    played.cycle.recommend(played.key, number, "new words", by=MEMBER, now=now)
    played.cycle.recommend(played.key, number, "words of another", by=THIRD, now=now)
    played.cycle.verdict(played.key, number, "award", by=CHAIR, now=now)
    played.cycle.extend(played.key, "report 1", date(2031, 7, 1), reason="illness", by=STAFF, now=now, dossier=number)
    assert played.ear.heard[-1].facts["recommendations"] == [f"words for {number}"]
    played.cycle.advance(at("2032-06-03T09:00"))
    assert played.ear.of("awarded")[0].facts["recommendations"] == ["new words", "words of another"]
