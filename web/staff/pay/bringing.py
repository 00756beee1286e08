"""How does the sheet come back that says what was paid?"""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.cycle.payable import Paid
from engine.cycle.paying import NotAllPaid
from engine.errors import GrantcycleError, Refused
from engine.files.complaints import Complaints
from engine.files.payment_sheet import OPTIONAL, REQUIRED, payments_in
from engine.files.spreadsheet import sheet_of
from web.ask import Ask
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.pay.listing import HERE, page, path_of

pages = Pages()
LARGEST = 2_000_000
"""bytes of a sheet"""
FEW = 20
"""complaints that are shown at a time"""


@pages.post(HERE, MANAGES)
def bring(ask: Ask) -> Response:
    """Record every payment of a sheet, or say what is wrong with it and record nothing."""
    brought = ask.form.get("sheet")
    content = brought.file.read(LARGEST + 1) if isinstance(brought, UploadFile) else b""
    if not content or len(content) > LARGEST:
        wrong = ask.say("Choose the sheet first.") if not content else ask.say("This sheet is too large.")
        return page(ask, 422, errors=[wrong], has_errors=True)
    name = (brought.filename if isinstance(brought, UploadFile) else None) or "sheet.csv"
    try:
        lines = payments_in(sheet_of(name, content, required=REQUIRED, optional=OPTIONAL), ask.place.workflow)
    except Complaints as complaints:
        return _wrong(ask, [str(one) for one in complaints.complaints])
    except GrantcycleError as problem:
        return _wrong(ask, [str(problem)])
    every = [Paid(one.number, one.promise, one.amount, one.day, one.position, one.reference) for one in lines]
    try:
        fresh, known = ask.office.cycle.record_payments(ask.place.key, every, by=ask.email, now=ask.now)
    except NotAllPaid as refused:
        return _wrong(
            ask,
            [
                ask.say("Line %(line)s: %(reason)s", line=lines[place].line, reason=said_by(ask, reason))
                for place, reasons in refused.against.items() for reason in reasons
            ],
        )  # fmt: skip
    except Refused as refused:
        return _wrong(ask, [said_by(ask, one) for one in refused.reasons])
    done = ask.words.ngettext("%(n)s payment was recorded.", "%(n)s payments were recorded.", fresh) % {"n": fresh}
    there = ask.words.ngettext(
        "%(n)s stood there already.", "%(n)s stood there already.", known
    ) % {"n": known}  # fmt: skip
    return ask.go(path_of(ask), f"{done} {there}" if known else done)


def _wrong(ask: Ask, said: list[str]) -> Response:
    more = [ask.say("And %(n)s more.", n=len(said) - FEW)] if len(said) > FEW else []
    nothing = ask.say("Nothing of the sheet was recorded:")
    return page(ask, 422, errors=[nothing, *said[:FEW], *more], has_errors=True)
