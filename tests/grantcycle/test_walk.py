"""The commands carry a dossier from the call to the pitch, as the README tells it."""

from collections.abc import Callable

from installation import ROUND, STAFF, Installation

APPLICANT = "an@brug.example"
CHAIR = "bo@jury.example"
ANSWERS = (
    "--answer", "title=De overkant", "--answer", "practice=Samen zingen.", "--answer", "partner=CAW",
    "--answer", "amount=45.000", "--file", "plan=plan.pdf",
)  # fmt: skip


def hand_in(installation: Installation, number: str) -> None:
    installation.write("plan.pdf", b"%PDF-1.7 a plan")
    installation.done("act", ROUND, number, "submit", *ANSWERS, "--as", APPLICANT)


def states(installation: Installation, at: str | None = None) -> dict[str, int]:
    found: dict[str, int] = installation.done("status", ROUND, "--json", at=at).json["rounds"][0]["dossiers"]
    return found


def test_a_dossier_is_answered_and_handed_in_with_one_line(opened: Installation, started: Callable[[], str]) -> None:
    number = started()
    assert number == "CI19-001"
    hand_in(opened, number)
    shown = opened.done("dossiers", "show", ROUND, number, "--json").json
    assert (shown["state"], shown["received_at_local"]) == ("submitted", "2019-01-15T10:00:00")
    assert shown["answers"]["amount"] == 45000
    assert shown["answers"]["plan"]["name"] == "plan.pdf"
    assert [(move["name"], move["by"]) for move in shown["transitions"]] == [("submit", APPLICANT)]


def test_a_refused_transition_keeps_nothing_of_its_answers(opened: Installation, started: Callable[[], str]) -> None:
    number = started()
    assert opened("act", ROUND, number, "submit", "--answer", "title=De overkant", "--as", APPLICANT).code == 3
    shown = opened.done("dossiers", "show", ROUND, number, "--json").json
    assert (shown["state"], shown["answers"]) == ("draft", {})


def test_a_round_goes_from_the_call_to_the_pitch_by_commands_alone(
    opened: Installation, started: Callable[[], str]
) -> None:
    number = started()
    hand_in(opened, number)
    opened.done("advance", at="2019-03-02T00:00:31")
    assert states(opened) == {"in_preselection": 1}

    opened.at = "2019-03-10T14:00"
    jury = (ROUND, number, "--as", CHAIR)
    marks = ("--mark", "participation=8", "--mark", "artistic=7", "--mark", "learning=9,5")
    opened.done("record", "score", *jury, *marks)
    opened.done("record", "conflict", ROUND, number, "--as", "noor@jury.example", "--reason", "een oud-collega")
    refused = opened("record", "verdict", *jury, "--of", "shortlist")
    assert (refused.code, refused.err.splitlines()[1:]) == (3, ["  no recommendation has been written for CI19-001"])
    opened.write("words.txt", "Zoek een tweede partner.\n")
    opened.done("record", "recommendation", *jury, "--file", "words.txt")
    opened.done("record", "verdict", *jury, "--of", "shortlist")

    batch = (ROUND, "recommendations opens")
    preview = opened.done("outbox", "preview", *batch, "--json").json
    assert (preview["counts"], preview["released"]) == ({"shortlist": 1}, False)
    assert opened.done("outbox", "release", *batch, "--as", STAFF).out == (
        'The batch "recommendations opens" is released.\n'
    )
    opened.done("outbox", "revoke", *batch, "--as", STAFF)
    opened.done("outbox", "release", *batch, "--as", STAFF)

    opened.done("advance", at="2019-03-31T09:00")
    assert states(opened, at="2019-03-31T09:00") == {"shortlisted": 1}
    opened.done("record", "attendance", ROUND, number, "--of", "pitch", "--as", STAFF, at="2019-05-09T11:00")
    entries = opened.done("journal", ROUND, "--dossier", number, "--json").json["journal"]
    assert [entry["what"] for entry in entries if entry["what"] != "transition"] == [
        "dossier started", "answers given", "handed in", "scored", "conflict declared", "recommended",
        "verdict recorded", "slot given", "attended",
    ]  # fmt: skip


def test_an_extension_moves_the_deadline_and_shows_in_the_agenda(opened: Installation) -> None:
    line = ("extend", ROUND, "call closes", "--to", "2019-03-08", "--as", STAFF)
    opened.done(*line, "--reason", "De server lag een dag plat.")
    closing = [
        (entry["kind"], entry["at_local"])
        for entry in opened.done("agenda", ROUND, "--from", "2019-03-02", "--to", "2019-03-09", "--json").json["agenda"]
        if entry["moment"] == "call closes"
    ]
    assert closing == [
        ("edge", "2019-03-09T00:00:00"),
        ("transition", "2019-03-09T00:00:00"),
        ("transition", "2019-03-09T00:00:00"),
    ]
    assert opened(*line, "--reason", "Nog eens.").code == 3


def test_what_nobody_advanced_is_shown_as_late(opened: Installation) -> None:
    status = opened.done("status", ROUND, at="2019-02-15T10:00")
    assert "The oldest deadline is late by 60 days" in status.out
    answer = opened.done("status", ROUND, "--json", at="2019-02-15T10:00").json["rounds"][0]
    assert answer["overdue_seconds"] == (60 * 24 + 10) * 3600
    opened.done("advance", at="2019-02-15T10:00")
    assert "No deadline is late." in opened.done("status", ROUND, at="2019-02-15T10:00").out


def test_an_excuse_stands_for_coming_and_keeps_its_reason(opened: Installation, started: Callable[[], str]) -> None:
    number = started()
    line = ("record", "excuse", ROUND, number, "--of", "info_session", "--as", STAFF)
    opened.done(*line, "--reason", "ziek")
    entry = opened.done("journal", ROUND, "--dossier", number, "--json").json["journal"][-1]
    assert (entry["what"], entry["details"]["reason"]) == ("excused", "ziek")


def test_a_committee_that_is_smaller_than_its_quorum_is_told_in_time(grantcycle: Installation) -> None:
    grantcycle.done("open", ROUND, "--as", STAFF, at="2018-12-01T10:00")
    said = " ".join(grantcycle.done("status", at="2018-12-01T10:00").out.split())
    assert 'The committee "jury" has 0 members and needs 3 to decide' in said
