"""Every command answers with sentences and an exit code, whatever it is given."""

from collections.abc import Callable

import pytest
from installation import DURING_THE_CALL, ROUND, SHIPPED, STAFF, Installation

COMMANDS = (
    "demo", "doctor", "new", "check", "read", "agenda", "draw", "rehearse", "open", "status", "journal", "extend",
    "advance", "plan", "versions",
    "people add", "people import", "people link", "people reset",
    "dossiers import", "dossiers list", "dossiers show", "dossiers start", "dossiers answer", "dossiers strand", "act",
    "record score", "record recommendation", "record conflict", "record verdict", "record attendance", "record excuse",
    "record delivery", "record payment", "payments list", "payments import", "payments take-back",
    "outbox list", "outbox show", "outbox preview", "outbox release", "outbox revoke", "outbox hold", "outbox cancel",
    "outbox retry", "outbox send", "inbox", "serve", "web", "worker", "clock confirm",
    "restore confirm",
    "database move", "database reopen",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(grantcycle: Installation, command: str) -> None:
    answer = grantcycle.done(*command.split(), "--help")
    assert "Example: " in answer.out


def test_the_help_lists_exactly_the_commands_there_are(grantcycle: Installation) -> None:
    listed = {
        words[1]
        for line in grantcycle.done("--help").out.splitlines()
        if (words := line.split()) and words[0] == "│" and len(words) > 2 and line[2] != " " and line[2] != "-"
    }
    assert listed == {command.split()[0] for command in COMMANDS}


def test_wrong_usage_exits_with_2(grantcycle: Installation) -> None:
    assert [grantcycle(*line.split()).code for line in ("nothing", "act", "draw x --format png")] == [2, 2, 2]


def test_before_anything_is_open_every_question_says_how_to_begin(grantcycle: Installation) -> None:
    sentence = "No round is open yet. Open one with: grantcycle open PROGRAMME/ROUND --as EMAIL\n"
    assert grantcycle.done("status").out == sentence
    refused = grantcycle("act", ROUND, "CI19-001", "submit", "--as", STAFF)
    assert (refused.code, refused.err) == (1, sentence)
    assert not (grantcycle.folder / "cycle.db").exists()


WRONG = {
    "an unknown setting": (
        ("--config", "wrong.toml", "status"),
        'wrong.toml:2: [mail] hoost: there is no setting "hoost"; did you mean "host"?',
    ),
    "an unknown programme": (
        ("read", "cera-impus/2019"),
        'there is no programme "cera-impus"; did you mean "cera-impuls"?',
    ),
    "an unknown round": (("read", "cera-impuls/2091"), 'there is no round of cera-impuls "2091"; did you mean "2019"?'),
    "a programme instead of a round": (
        ("read", "cera-impuls"),
        '"cera-impuls" is not a round: write its programme and its name, for example cera-impuls/2019',
    ),
    "a round file that is not there": (("read", "rounds/2020.toml"), 'there is no file "rounds/2020.toml"'),
    "an unknown language": (
        ("read", ROUND, "--lang", "de"), 'there is no language of cera-impuls "de"; known: en, fr, nl',
    ),
    "a day that does not exist": (
        ("agenda", ROUND, "--from", "2019-02-30"),
        '"2019-02-30" is no date or time (day is out of range for month); '
        "write 2019-03-01, 2019-03-01T17:00 or 2019-03-01T17:00+01:00",
    ),
    "a round that is not open": (
        ("journal", "cera-impuls/2018"), 'there is no open round "cera-impuls/2018"; did you mean "cera-impuls/2019"?',
    ),
    "a dossier that is not there": (
        ("dossiers", "show", ROUND, "CI19-099"), 'there is no dossier in cera-impuls/2019 "CI19-099"',
    ),
    "an unknown state": (
        ("dossiers", "list", ROUND, "--state", "submited"),
        'there is no state "submited"; did you mean "submitted"?',
    ),
    "a letter that is not there": (("outbox", "show", "99"), "there is no letter 99 in the outbox"),
    "an unknown status of a letter": (
        ("outbox", "list", ROUND, "--status", "send"),
        'there is no status of a letter "send"; did you mean "sent"?',
    ),
    "an unknown batch": (
        ("outbox", "preview", ROUND, "recommendation opens"),
        'there is no batch "recommendation opens"; did you mean "recommendations opens"?',
    ),
    "a round that is open already": (("open", ROUND, "--as", STAFF), "cera-impuls/2019 is open already"),
    "an address with a comma": (
        ("dossiers", "start", ROUND, "--organisation", "x", "--name", "x", "--email", "a,b@c.example",
         "--language", "nl", "--as", STAFF),
        '"a,b@c.example" is not one address',
    ),
    "an address with a line break": (
        ("dossiers", "start", ROUND, "--organisation", "x", "--name", "x", "--email", "a@b.example\nBcc: c@d.example",
         "--language", "nl", "--as", STAFF),
        '"a@b.example\\nBcc: c@d.example" is not an address: it holds a line break or a control character',
    ),
    "a file that is not there": (
        ("dossiers", "answer", ROUND, "CI19-001", "--file", "plan=plan.pdf", "--as", STAFF),
        'plan: the file "plan.pdf" cannot be read (No such file or directory)',
    ),
    "an amount that is none": (
        ("dossiers", "answer", ROUND, "CI19-001", "--answer", "amount=many", "--as", STAFF),
        'amount: "many" is not an amount; write for example 45000 or 45000.50',
    ),
    "a mark that is none": (
        ("record", "score", ROUND, "CI19-001", "--mark", "artistic=good", "--as", STAFF),
        'artistic: "good" is not a mark; write a number',
    ),
    "an unknown deliverable": (
        ("record", "delivery", ROUND, "CI19-001", "--of", "interim_reprot", "--as", STAFF),
        'there is no deliverable "interim_reprot"; did you mean "interim_report"?',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "sentence"), WRONG.values(), ids=WRONG)
def test_bad_input_is_told_in_a_sentence(opened: Installation, line: tuple[str, ...], sentence: str) -> None:
    opened.write("wrong.toml", '[mail]\nhoost = "x"\n')
    before = opened.done("journal", ROUND, "--json").json
    answer = opened(*line)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{sentence}\n")
    assert opened.done("journal", ROUND, "--json").json == before


def test_a_database_that_is_none_is_told_in_a_sentence(grantcycle: Installation) -> None:
    grantcycle.write("cycle.db", b"this is a letter, not a database, and long enough to be read as one")
    answer = grantcycle("status")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [answer.err.strip()]


def test_a_refused_act_tells_every_reason_exits_with_3_and_changes_nothing(
    opened: Installation, started: Callable[[], str]
) -> None:
    number = started()
    before = opened.done("dossiers", "show", ROUND, number, "--json").json
    answer = opened("act", ROUND, number, "submit", "--as", "an@brug.example")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.splitlines() == [
        "Refused, and nothing has changed:",
        '  "Naam van het traject" (title) is not answered',
        '  "Beschrijf de participatieve praktijk" (practice) is not answered',
        '  "Met welke sociale partner werkt u samen?" (partner) is not answered',
        '  "Gevraagde ondersteuning" (amount) is not answered',
        '  "Projectplan (pdf)" (plan) is not answered',
    ]
    assert opened.done("dossiers", "show", ROUND, number, "--json").json == before


def test_with_json_a_refusal_is_given_with_its_codes(opened: Installation, started: Callable[[], str]) -> None:
    number = started()
    answer = opened("act", ROUND, number, "withdraw", "--as", "tom@impuls.example", "--json")
    assert (answer.code, answer.err) == (3, "")
    assert [sorted(reason) for reason in answer.json["refused"]] == [["code", "sentence"]]


def test_a_round_whose_moments_are_past_is_refused_with_what_to_say_instead(grantcycle: Installation) -> None:
    answer = grantcycle("open", ROUND, "--as", STAFF, at="2019-02-20T10:00")
    assert answer.code == 3
    assert "--as-of 2019-02-20 10:00" in answer.err
    grantcycle.done("open", ROUND, "--as", STAFF, "--as-of", "2019-02-20 10:00", at="2019-02-20T10:00")
    assert grantcycle.done("status", "--json").json["rounds"][0]["overdue_seconds"] is None


def test_a_round_is_also_meant_by_the_path_of_its_file(opened: Installation) -> None:
    path = SHIPPED / "cera-impuls" / "rounds" / "2019.toml"
    by_path = opened.done("status", str(path), "--json").json
    assert by_path == opened.done("status", ROUND, "--json").json


def test_what_people_typed_never_steers_a_terminal(opened: Installation) -> None:
    opened.done(
        "dossiers", "start", ROUND, "--organisation", "De [red]Brug[/red]", "--name", "An Jans",
        "--email", "an@brug.example", "--language", "nl", "--as", "an@brug.example",
    )  # fmt: skip
    assert "De [red]Brug[/red]" in opened.done("dossiers", "list", ROUND).out
    refused = opened(
        "dossiers", "start", ROUND, "--organisation", "De \x1b[31mBrug", "--name", "An Jans",
        "--email", "an@brug.example", "--language", "nl", "--as", "an@brug.example",
    )  # fmt: skip
    assert refused.code == 1
    assert "\x1b" not in refused.err
    excuse = ("record", "excuse", ROUND, "CI19-001", "--of", "info_session", "--as", STAFF)
    opened.done(*excuse, "--reason", "ziek\x1b[2J")
    assert "reason: ziek·[2J" in opened.done("journal", ROUND).out


def test_the_clock_of_the_server_stamps_what_is_done(opened: Installation, started: Callable[[], str]) -> None:
    number = started()
    entry = opened.done("journal", ROUND, "--dossier", number, "--json").json["journal"][0]
    assert (entry["at"], entry["at_local"]) == ("2019-01-15T09:00:00Z", f"{DURING_THE_CALL}:00")
