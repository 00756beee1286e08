"""A log is written and read back as the same acts, and every row that is wrong is told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsed_programme import ZONE, cera

from engine.errors import GrantcycleError
from engine.files.complaints import Complaints
from engine.rehearsal.acts import Act, read_values, write_acts, write_instant, write_values
from engine.rehearsal.log import read_acts, read_when
from engine.rules.moments import SECOND

HEAD = "instant,who,what,number,values\n"
START = "2019-01-10T09:00:00Z,amina@huis.example,start,CI19-001,organisation=Huis; name=Amina; language=nl\n"


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(alphabet=st.characters(exclude_characters="\r"))
    )
)
def test_any_values_are_read_back_as_they_were_written(values: dict[str, str]) -> None:
    assert read_values(write_values(values)) == values


def test_a_value_may_hold_an_equals_sign_a_semicolon_a_backslash_and_a_line_break() -> None:
    assert read_values(r"words=a=b\; c\\d\ne; reason= late ") == {"words": "a=b; c\\d\ne", "reason": " late "}


def test_a_log_is_read_back_as_the_same_acts() -> None:
    acts = (
        Act(1547110800 * SECOND, "amina@huis.example", "start", "CI19-001",
            {"organisation": "Huis, vzw", "name": 'Amina "A"', "language": "nl"}),
        Act(1547110800 * SECOND + 1, "amina@huis.example", "answer", "CI19-001", {"practice": "een;\n\ntwee"}),
        Act(1551481199 * SECOND, "amina@huis.example", "submit", "CI19-001"),
    )  # fmt: skip
    assert read_acts(write_acts(acts), "log.csv", cera().workflow, ZONE) == acts


def test_an_instant_is_utc_or_local() -> None:
    assert read_when("2019-03-01T22:59:59Z", ZONE) == read_when("2019-03-01 23:59:59", ZONE) == 1551481199 * SECOND
    assert write_instant(1551481199 * SECOND) == "2019-03-01T22:59:59Z"
    with pytest.raises(GrantcycleError) as told:
        read_when("1 maart 2019", ZONE)
    assert str(told.value) == (
        '"1 maart 2019" is no instant; write 2019-03-01T22:59:59Z, or 2019-03-01 23:59:59 for local time'
    )


def test_rows_are_played_in_order_of_time_and_rows_of_one_instant_in_the_order_of_the_file() -> None:
    later = "2019-01-10T10:00:00Z,amina@huis.example,answer,CI19-001,partner=B\n"
    same = "2019-01-10T10:00:00Z,amina@huis.example,answer,CI19-001,title=A\n"
    acts = read_acts(HEAD + START + later + same, "log.csv", cera().workflow, ZONE)
    assert [list(act.values) for act in acts] == [["organisation", "name", "language"], ["partner"], ["title"]]


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read() -> None:
    row = '2019-01-10 10:00:00;a@b.example;start;CI19-001;"organisation=X; name=A; language=fr"'
    text = f"\ufeffinstant;who;what;number;values\n{row}\n"
    (act,) = read_acts(text, "log.csv", cera().workflow, ZONE)
    assert (act.instant, act.values["language"]) == (1547110800 * SECOND, "fr")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("soon,a@b.example,submit,CI19-001,", 'instant: "soon" is no instant; write 2019-03-01T22:59:59Z, or '
         "2019-03-01 23:59:59 for local time"),
        ("2019-03-31 02:30:00,a@b.example,submit,CI19-001,", "instant: 2019-03-31 02:30:00 does not exist in "
         "Europe/Brussels: the clocks go forward over it; write 01:30 or 03:30"),
        ("2019-02-01T10:00:00Z,,submit,CI19-001,", "who: nobody is named"),
        ("2019-02-01T10:00:00Z,a@b.example,sumbit,CI19-001,", 'what: "sumbit" is no act; did you mean "submit"?'),
        ("2019-02-01T10:00:00Z,a@b.example,lapse,CI19-001,",
         'what: "lapse" is a transition of the calendar: nobody does it'),
        ("2019-02-01T10:00:00Z,a@b.example,submit,,", 'number: "submit" is about a dossier, and no number is given'),
        ("2019-02-01T10:00:00Z,a@b.example,submit,CI19-01,",
         'number: "CI19-01" has no row "start" before this one; did you mean "CI19-001"?'),
        ("2019-01-01T10:00:00Z,a@b.example,submit,CI19-001,", 'instant: "CI19-001" is started only later'),
        ("2019-02-01T10:00:00Z,a@b.example,start,CI19-001,organisation=X; name=A; language=nl",
         'number: "CI19-001" was started before'),
        ("2019-02-01T10:00:00Z,a@b.example,approve,CI19-001,batch=approval opens",
         'number: "approve" is about the round, not about a dossier'),
        ("2019-02-01T10:00:00Z,a@b.example,answer,CI19-001,titel=X",
         'values: "titel" is no value of "answer"; did you mean "title"?'),
        ("2019-02-01T10:00:00Z,a@b.example,answer,CI19-001,title",
         'values: "title" is not written as name=value'),
        ("2019-02-01T10:00:00Z,a@b.example,answer,CI19-001,title=A; title=B",
         'values: "title" stands there twice'),
        ("2019-02-01T10:00:00Z,a@b.example,excuse,CI19-001,of=kick_off", 'values: "excuse" needs reason=...'),
        ("2019-02-01T10:00:00Z,a@b.example,verdict,CI19-001,transition=shortlisted",
         'values: there is no transition "shortlisted"; did you mean "shortlist"?'),
        ("2019-02-01T10:00:00Z,a@b.example,score,CI19-001,artistic=good", 'values: "artistic" is not a mark: "good"'),
        ("2019-02-01T10:00:00Z,a@b.example,submit,CI19-001", "this row has 4 cells, and 5 are needed"),
        ('2019-02-01T10:00:00Z,a@b.example,submit,CI19-001,"', "this is not CSV from here on "
         "(unexpected end of data)"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_played_is_told_with_its_line(row: str, sentence: str) -> None:
    with pytest.raises(Complaints) as told:
        read_acts(f"{HEAD}{START}{row}\n", "log.csv", cera().workflow, ZONE)
    assert str(told.value) == f"log.csv:3: {sentence}"


def test_all_rows_are_told_in_one_go_each_with_the_line_on_which_it_begins() -> None:
    long = '2019-02-01T10:00:00Z,a@b.example,answer,CI19-001,"practice=een\ntwee; x=1"\n'
    wrong = "never,a@b.example,submit,CI19-001,\n"
    with pytest.raises(Complaints) as told:
        read_acts(HEAD + START + long + wrong, "log.csv", cera().workflow, ZONE)
    assert [complaint.line for complaint in told.value.complaints] == [3, 5]


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("instant,who,what,numbers,values", 'there is no column "numbers"; did you mean "number"?\n'
         "log.csv:1: the column number is missing; the first line is instant,who,what,number,values"),
        ("", "the column instant and who and what and number and values is missing; "
         "the first line is instant,who,what,number,values"),
    ],
)  # fmt: skip
def test_a_wrong_first_line_is_told(head: str, sentence: str) -> None:
    with pytest.raises(Complaints) as told:
        read_acts(f"{head}\n", "log.csv", cera().workflow, ZONE)
    assert str(told.value) == f"log.csv:1: {sentence}"
