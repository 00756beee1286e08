"""Is every version of a file that was handed in there, and is nothing else ever given for it?"""

from typing import Any

import pytest
from sqlmodel import Session
from stage import CALL, PDF, Stage, applicant, at
from tampering import change, tampering

from engine import events
from engine.cycle import Upload
from engine.database.pages import dossiers, stored_files
from engine.errors import Damaged

ANNA = applicant("anna")
BETTER = Upload("better.pdf", b"%PDF-1.7 a better plan")


def two_versions(stage: Stage) -> None:
    number = stage.draft("anna")
    for place, plan in enumerate((PDF, BETTER)):
        stage.cycle.answer(stage.key, number, {}, by=ANNA, now=CALL + place, files={"plan": plan})


def dossier_id(session: Session, stage: Stage, number: str = "SG30-001") -> int:
    head = dossiers.find(session, stage.key, number)
    assert head is not None
    return head.id


def test_each_version_of_a_file_is_there_also_when_it_was_superseded(stage: Stage) -> None:
    two_versions(stage)
    stage.draft("bert")
    with stage.database.reading() as session:
        of = dossier_id(session, stage)
        kept = [stored_files.file_of_answer(session, of, "plan", version) for version in (2, 3)]
        assert [one and (one.name, stored_files.content_of(session, one)) for one in kept] == [
            ("plan.pdf", PDF.content), ("better.pdf", BETTER.content),
        ]  # fmt: skip
        assert stored_files.file_of_answer(session, of, "plan", 1) is None
        assert stored_files.file_of_answer(session, of, "title", 1) is None
        assert stored_files.file_of_answer(session, dossier_id(session, stage, "SG30-002"), "plan", 2) is None


def test_a_file_that_was_delivered_is_of_its_own_dossier_only(stage: Stage) -> None:
    one, two = stage.working("anna", "bert")
    stage.cycle.deliver(
        stage.key, one, "report", {}, by=ANNA, now=at("2031-02-01T09:00"), files={"report": BETTER}
    )
    with stage.database.reading() as session:
        kept = stored_files.file_of_delivery(session, dossier_id(session, stage, one), 1, "report")
        assert kept is not None
        assert stored_files.content_of(session, kept) == BETTER.content
        assert stored_files.file_of_delivery(session, dossier_id(session, stage, one), 1, "other") is None
        assert stored_files.file_of_delivery(session, dossier_id(session, stage, two), 1, "report") is None


@pytest.mark.parametrize("what", ["changed", "cut short", "gone"])
def test_a_damaged_file_is_told_of_and_given_to_nobody(stage: Stage, what: str) -> None:
    two_versions(stage)
    stage.tampered = "a file was changed"
    blob = "'%PDF-1.7 a plan'" if stage.database.is_shared else "CAST('%PDF-1.7 a plan' AS BLOB)"
    statement = {
        "changed": f"UPDATE file SET content = {blob.replace('plan', 'plam')} WHERE size = {len(PDF.content)}",
        "cut short": f"UPDATE file SET content = {blob.replace(' plan', '')} WHERE size = {len(PDF.content)}",
        "gone": f"DELETE FROM file WHERE size = {len(PDF.content)}",
    }[what]
    told: list[tuple[str, dict[str, Any]]] = []
    with tampering(stage.database) as session:
        assert change(session, statement) == 1
        kept = stored_files.file_of_answer(session, dossier_id(session, stage), "plan", 2)
        assert kept is not None
        events.watch(lambda event, facts: told.append((event, facts)))
        try:
            with pytest.raises(Damaged, match=f"file {kept.digest[:12]} is not what was handed in"):
                stored_files.content_of(session, kept)
        finally:
            events.watch()
        assert [(event, facts["digest"]) for event, facts in told] == [("file damaged", kept.digest)]
        other = stored_files.file_of_answer(session, dossier_id(session, stage), "plan", 3)
        assert other is not None
        assert stored_files.content_of(session, other) == BETTER.content
