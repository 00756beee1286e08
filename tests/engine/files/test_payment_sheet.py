"""Which payments does a sheet say were made, and what of it is wrong?"""

from datetime import date
from pathlib import Path

import pytest

from engine.files.complaints import Complaints
from engine.files.payment_sheet import OPTIONAL, REQUIRED, SHEET, PaymentLine, payments_in
from engine.files.reading import load
from engine.files.spreadsheet import sheet_of

WORKFLOW = load(Path(__file__).parents[2] / "story" / "programmes" / "free-internet").workflow


def read(text: str) -> list[PaymentLine]:
    sheet = sheet_of("paid.csv", text.encode(), required=REQUIRED, optional=OPTIONAL)
    return list(payments_in(sheet, WORKFLOW))


def test_a_row_with_a_day_is_a_payment_and_one_without_is_not() -> None:
    head = ",".join(SHEET)
    sheet = (
        f"{head}\nFI-1,t,o,milestones_paid,2,Release,2000,0,2025-07-20,1.000,24/6/2025,NL 2\n"
        "FI-2,t,o,milestones_paid,1,Design,10,0,,10,,\n"
    )
    assert read(sheet) == [PaymentLine(2, "FI-1", "milestones_paid", 2, 1000, date(2025, 6, 24), "NL 2")]


def test_what_is_wrong_is_told_by_line_in_one_go() -> None:
    with pytest.raises(Complaints) as told:
        read("dossier,promise,row,amount,day\nA,milestone_paid,1,5,2025-01-01\nB,milestones_paid,,x,1.1.25\n")
    assert [(one.line, one.table) for one in told.value.complaints] == [
        (2, "promise"), (3, "row"), (3, "amount"), (3, "day")
    ]  # fmt: skip
