from pathlib import Path

import pytest
from letters_world import small_files

import workflows
from engine.files.reading import load, read_programme
from notifications.facts import Reader, own_names, shared_names
from notifications.linting import CONTACT, lint
from notifications.sampling import sample_facts, sample_shared
from notifications.shapes import Each, Shape, Whole, names

SHIPPED = Path(next(iter(workflows.__path__)))


def complaints(text: str, letter: str = "received") -> list[str]:
    files = small_files() | {f"letters/nl/{letter}.md": text}
    return [str(complaint) for complaint in lint(read_programme("small", files, "small"), "small")]


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in SHIPPED.glob("*/workflow.toml")), ids=lambda p: p.name
)
def test_every_letter_that_is_shipped_can_be_read_in_every_language(folder: Path) -> None:
    assert lint(load(folder), folder.name) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ dosier.number }}\n\nbody",
         '1: this letter is not given "dosier"; did you mean "dossier"? (as told to applicant)'),
        ("S\n\nx\n{{ dossier.tittle }}", '4: "dossier" has no "tittle"; did you mean "title"? (as told to applicant)'),
        ("S\n\n{{ phase.cal.closes }}", '3: "phase" has no "cal"; did you mean "call"? (as told to applicant)'),
        ("S\n\n{{ phase.call.closes.dya }}",
         '3: "phase.call.closes" has no "dya"; did you mean "day"? (as told to applicant)'),
        ("S\n\n{{ meeting['vist'].when }}", '3: "meeting" has no "vist"; did you mean "visit"? (as told to applicant)'),
        ("S\n\n{% if false %}{{ dossiers }}{% endif %}",
         '3: this letter is not given "dossiers"; did you mean "dossier"? (as told to applicant)'),
        ("S\n\n{% for o in obligations %}\n{{ o.titel }}{% endfor %}",
         '4: "o" has no "titel"; did you mean "title"? (as told to applicant)'),
        ("S\n\n{% for o in obligations | sort(attribute='title') %}{{ o.titel }}{% endfor %}",
         '3: "o" has no "titel"; did you mean "title"? (as told to applicant)'),
        ("S\n\n{% set s = meeting.visit.sessions[0] %}{{ s.plaec }}",
         '3: "s" has no "plaec"; did you mean "place"? (as told to applicant)'),
        ("S\n\n{{ meeting[slot.meeting].wen }}", '3: "it" has no "wen"; did you mean "when"? (as told to applicant)'),
        ("S\n\n{{ promise.title }}",
         '3: this letter is not given "promise"; did you mean "programme"? (as told to applicant)'),
        ("S\n\n{% for %}", "3: Expected an expression, got 'end of statement block'"),
        ("S\nx", "2: an empty line comes between the subject and the body"),
        ("x" * 79 + "\n\nx", f'1: the subject has 79 characters, and at most 78 are shown: "{"x" * 79}"'),
        ("S\n\nx\n[x]({{ dossier.title }})", "4: a link must be written out in the letter, without names to fill in"),
        ("S\n\n{{ 1 / 0 }}", "3: division by zero"),
        ("S\n\n[x]({{ invitation.url }})",
         '3: this letter is not given "invitation" (as told to applicant)'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_letter_is_found_before_it_is_sent(text: str, complaint: str) -> None:
    assert complaints(text) == [f"small/letters/nl/received.md:{complaint}"]


def test_a_bundle_is_not_given_the_names_of_one_dossier() -> None:
    assert complaints("S\n\n{{ dossier.number }}", "to-read") == [
        'small/letters/nl/to-read.md:3: this letter is not given "dossier"; did you mean "dossiers"? (as told to jury)'
    ]


def test_a_programmes_own_invitation_may_lead_to_the_page_on_which_to_answer_and_to_no_other() -> None:
    assert complaints("S\n\n[x]({{ invitation.url }})", "invitation") == []
    for link in ("{{ invitation.path }}", "{{invitation.url}}x", "https://a.example/{{ invitation.url }}"):
        assert complaints(f"S\n\n[x]({link})", "invitation") == [
            "small/letters/nl/invitation.md:3: a link must be written out in the letter, without names to fill in"
        ]
    assert complaints("S\n\n{{ invitation.wen }}", "invitation") == [
        'small/letters/nl/invitation.md:3: "invitation" has no "wen"; did you mean "when"? (as told to applicant)'
    ]


def test_a_language_that_letters_cannot_be_framed_in_is_told_once() -> None:
    files = small_files()
    files["workflow.toml"] = files["workflow.toml"].replace('"en"]', '"de"]')
    renamed = {file.replace("/en/", "/de/").replace(".en.", ".de."): text for file, text in files.items()}
    found = [str(complaint) for complaint in lint(read_programme("small", renamed, "small"), "small")]
    assert found == [
        'small/workflow.toml:1: [workflow] languages: there is no language for letters "de"; known: en, fr, nl'
    ]


def shape_of(value: object, shape: Shape) -> None:
    """Complain unless the value has each part of the shape."""
    if isinstance(shape, Each):
        assert isinstance(value, list)
        for member in value:
            shape_of(member, shape.member)
    elif not isinstance(shape, Whole):
        for name, part in shape.items():
            shape_of(getattr(value, name), part)


@pytest.mark.parametrize("extra", [None, "reminded", "extension", "promise", "invitation"])
@pytest.mark.parametrize("role", ["applicant", "staff", "jury", "everyone"])
def test_a_letter_is_given_exactly_the_names_it_may_use(role: str, extra: str | None) -> None:
    programme = load(SHIPPED / "cera-impuls")
    round = programme.rounds["2019"]
    reader = Reader(programme, "nl", round.timezone)
    shared = shared_names(reader, sample_shared(programme, round), {}, CONTACT)
    given = shared | own_names(reader, sample_facts(programme, round, role, extra))
    wanted = names(programme, role, extra)
    assert given.keys() == wanted.keys()
    for name, shape in wanted.items():
        shape_of(given[name], shape)
