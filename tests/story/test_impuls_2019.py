"""The Cera round 2019-2022, told once from the call to the evaluation.

62 dossiers, 12 pitches, 6 awards: the true figures. Everything that was journaled and every letter that was written is
compared with what stands beside this file. To look at a change before accepting it:

    python -m tests.story.test_impuls_2019
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from rehearsals import rehearsed

from grantcycle.rehearsing import Rehearsed

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def round() -> Rehearsed:
    return rehearsed(62, 7)


def as_text(lines: Sequence[tuple[str, ...]]) -> str:
    return "".join("\t".join(line) + "\n" for line in lines)


def journal_of(round: Rehearsed) -> str:
    """Every row; the digest of the folder stands aside, for it changes with every comma of a letter."""
    return as_text(round.journal_lines()).replace(round.programme.digest, "DIGEST")


def outbox_of(round: Rehearsed) -> str:
    """Every letter, with its subject."""
    return as_text([(*line, mail.subject) for line, mail in zip(round.outbox_lines(), round.mails, strict=True)])


def test_the_journal_is_this_one(round: Rehearsed) -> None:
    assert journal_of(round) == (HERE / "impuls-2019.journal.tsv").read_text()


def test_the_outbox_is_this_one(round: Rehearsed) -> None:
    assert outbox_of(round) == (HERE / "impuls-2019.outbox.tsv").read_text()


def test_62_are_handed_in_12_pitch_6_are_awarded_and_6_come_to_the_end(round: Rehearsed) -> None:
    figures = round.figures
    assert [figures[name] for name in ("handed_in", "shortlisted", "awarded", "completed")] == [62, 12, 6, 6]
    assert [len(dossier.owed) for dossier in round.trajectories] == [19] * 6


def test_a_trajectory_owes_nine_coachings_three_visits_three_reports_and_four_more(round: Rehearsed) -> None:
    assert [Counter(owed.name for owed in dossier.owed) for dossier in round.trajectories] == [
        {
            "kick_off": 1,
            "coaching": 9,
            "site_visit": 3,
            "interim_report": 3,
            "financial_report": 1,
            "final_report": 1,
            "closing_conference": 1,
        }
    ] * 6


def test_a_visit_is_waived_a_report_is_sent_back_and_one_comes_late_and_all_is_kept_in_the_end(
    round: Rehearsed,
) -> None:
    def happened(what: str, said: str) -> list[tuple[str, str]]:
        """(dossier, details) of what happened so."""
        lines = (line for line in round.journal_lines() if line[1] == what and said in line[4])
        return [(line[2], line[4].split(", words=")[0]) for line in lines]

    waived, sent_back = happened("excused", "of=site_visit 1"), happened("reviewed", "outcome=changes asked")
    late = happened("delivered", "late=True")
    assert [number for number, _ in waived] == ["CI19-057"]
    assert sent_back == [("CI19-006", "delivery=5, obligation=interim_report 1, outcome=changes asked")]
    assert late == [("CI19-037", "deliverable=interim_report, obligation=interim_report 2, late=True")]
    assert len(happened("reviewed", "outcome=accepted")) == 6 * 5
    told = Counter(mail.letter for mail in round.mails)
    letters = ("obligation-excused", "changes-asked", "handed-in-accepted", "report-overdue", "obligation-overdue")
    # one of the trajectories has two contacts, and staff are two
    assert [told[letter] for letter in letters] == [3, 1, 35, 2, 1]
    kept = Counter("excused" if owed.excused_at else "met" if owed.met_at else "open"
                   for dossier in round.trajectories for owed in dossier.owed)  # fmt: skip
    assert kept == {"met": 6 * 19 - 2, "excused": 2}


def test_everybody_is_told_once_per_event_in_their_own_language(round: Rehearsed) -> None:
    told = Counter((mail.cause, mail.caused_at, mail.letter, mail.address, mail.numbers) for mail in round.mails)
    assert [event for event, times in told.items() if times > 1] == []
    languages: dict[str, set[str]] = {}
    for mail in round.mails:
        languages.setdefault(mail.address, set()).add(mail.language)
    assert [address for address, spoken in languages.items() if len(spoken) > 1] == []
    assert {mail.status for mail in round.mails} == {"sent"}


if __name__ == "__main__":
    told = rehearsed(62, 7)
    (HERE / "impuls-2019.journal.tsv").write_text(journal_of(told))
    (HERE / "impuls-2019.outbox.tsv").write_text(outbox_of(told))
