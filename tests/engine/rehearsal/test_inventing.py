"""What is invented comes from the seed alone, and a form filled with it is complete."""

from datetime import date

import pytest
from rehearsed_programme import cera

from engine.rehearsal.inventing import Inventor, invented_file, slug
from engine.rules.forms import missing
from engine.rules.questions import Question
from engine.rules.typed import parse_answer

DAY = date(2019, 3, 1)
KINDS = {
    one.name: one
    for one in (
        Question("people", "How many?", "number", required=True, at_least=2, at_most=3),
        Question("share", "Which part?", "number", required=True, at_least=0.2, at_most=0.8),
        Question("age", "How old?", "number", required=True, at_least=100),
        Question("sector", "Which?", "choice", required=True, choices=("care", "arts, and the rest")),
        Question("starts", "When?", "date", required=True),
        Question("milestones", "What, when, for how much?", "schedule", required=True, at_least=5000, at_most=5001),
        Question("least", "How much?", "money", required=True, at_least=60_000),
    )
}


def everything(seed: int) -> list[object]:
    inventor = Inventor(seed, cera().workflow)
    asked = {**cera().workflow.questions, **KINDS}
    return [(a := inventor.applicant(), inventor.answers(asked, a.language, DAY)) for _ in range(80)]


def test_the_same_seed_invents_the_same_people_and_another_seed_others() -> None:
    assert everything(7) == everything(7)
    assert everything(7) != everything(8)


def test_no_two_people_and_no_two_organisations_are_alike_and_nobody_can_be_written_to() -> None:
    inventor = Inventor(7, cera().workflow)
    applicants = [inventor.applicant() for _ in range(300)]
    people = [person for applicant in applicants for person in applicant.contacts]
    assert len({applicant.organisation for applicant in applicants}) == 300
    assert len({person.email for person in people}) == len(people)
    assert {person.email.rpartition(".")[2] for person in people} == {"example"}
    assert {person.language for person in people} == {"nl", "fr", "en"}


@pytest.mark.parametrize("language", ["nl", "fr", "en", "de"])
def test_invented_answers_are_complete_within_every_limit(language: str) -> None:
    questions = {**cera().workflow.questions, **KINDS}
    inventor = Inventor(1, cera().workflow)
    for _ in range(40):
        answers: dict[str, object] = {}
        for name, text in inventor.answers(questions, language, DAY).items():
            content = invented_file(text, "CI19-001")
            file = {"name": text, "digest": "0", "size": len(content)}
            answers[name] = file if questions[name].kind == "file" else parse_answer(questions[name], text)
        assert missing(questions, answers) == ()


def test_a_text_of_few_words_is_kept_that_short() -> None:
    question = Question("short", "?", kind="long_text", max_words=3, required=True)
    text = Inventor(1, cera().workflow).answers({"short": question}, "nl", DAY)["short"]
    assert len(text.split()) == 3


def test_an_invented_file_is_a_small_pdf_that_says_whose_it_is() -> None:
    content = invented_file("plan.pdf", "CI19-001 plan")
    assert content.startswith(b"%PDF-1.4\n")
    assert content.endswith(b"%%EOF\n")
    assert b"(CI19-001 plan plan.pdf)" in content
    table = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[table : table + 4] == b"xref"
    assert invented_file("plan.odt", "CI19-001") == b"CI19-001 plan.odt\n"


def test_a_slug_is_plain_ascii() -> None:
    assert slug("L'Envers du Décor Bleu Yıldızhan") == "l-envers-du-decor-bleu-yildizhan"
