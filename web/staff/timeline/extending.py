"""What does staff type to move a deadline, and what of it will not do?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlmodel import Session
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField

from engine.cycle.decided import NotForAll
from engine.database.pages.extensions import Asked, asked
from engine.database.records import DossierRow
from engine.database.store import find_dossier, has_conflict, the_id
from engine.errors import GrantcycleError, Refusal, Refused, Unknown
from web import dates
from web.ask import Ask
from web.policy import somebody
from web.problems import NotThere
from web.reasons import said_by
from web.staff.timeline.movable import Movable, choices_of, movable
from web.words import LOCALES

LONGEST_REASON = 2_000
MOST = 500
"""dossiers in one decision"""
FAR = 10
"""years ahead, beyond which a day is a slip of the pen"""
FIELD_OF: Mapping[str, str] = {
    "past": "day", "same": "day", "order": "day", "day": "day", "fired": "moment", "obligation": "moment",
    "reason": "reason", "chosen": "numbers", "answered": "moment",
}  # fmt: skip
"""code of a refusal -> the field that it is about"""
NUMBERS = re.compile(r"[\s,;]+")


@dataclass
class Typed:
    """A form to move a deadline, as it was opened or sent."""

    form: Form
    movable: Sequence[Movable]
    dossiers: list[DossierRow]
    request: Asked | None = None
    """what an applicant asked for, where this grants it"""
    to: date | datetime | None = None
    errors: list[str] = field(default_factory=list)
    """what is wrong that belongs to no field"""

    @property
    def chosen(self) -> Movable | None:
        """What is to be moved."""
        return next((one for one in self.movable if one.key == self.form.moment.data), None)

    @property
    def is_for_all(self) -> bool:
        return bool(self.form.whom.data == "all")

    @property
    def numbers(self) -> list[str] | None:
        """For which dossiers; None for everybody."""
        return None if self.is_for_all else [one.number for one in self.dossiers]

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.form.errors)

    def wrong(self, name: str, sentence: str) -> None:
        """Say by a field what is wrong with it."""
        at = self.form[name]
        at.errors = [*at.errors, sentence]


class _Form(Form):  # type: ignore[misc]  # of a package without types
    moment = SelectField()
    whom = RadioField()
    numbers = StringField()
    day = StringField()
    hour = StringField()
    reason = TextAreaField()


def typed(ask: Ask, session: Session, whole: Mapping[str, str] | None = None) -> Typed:
    """The form as it was sent (or as all of it stands in `whole`) or, when it is opened, as the address fills it in.

    Raises NotThere for a request that is not there, or answered.
    """
    sent = ask.request.method == "POST" or whole is not None
    request = _request(ask, session)
    given = dict(whole) if whole is not None else _sent(ask) if sent else _asked_for(ask, request)
    numbers = [one for one in NUMBERS.split(given["numbers"]) if one][: MOST + 1]
    given["numbers"] = " ".join(dict.fromkeys(numbers))
    given["whom"] = "some" if request or given["whom"] == "some" or (numbers and not sent) else "all"
    dossiers, unknown = _dossiers(ask, session, given) if given["whom"] == "some" else ([], [])
    known = movable(ask, session, dossiers)
    form = _Form(data=given)
    _say(ask, form, known)
    found = Typed(form, known, dossiers, request)
    if sent:
        _judge(ask, found, unknown)
    return found


def _sent(ask: Ask) -> dict[str, str]:
    lengths = {"reason": LONGEST_REASON, "numbers": 20_000}
    return {name: ask.text(name, lengths.get(name, 200)) for name in _Form()._fields}


def _asked_for(ask: Ask, request: Asked | None) -> dict[str, str]:
    """What the address fills in: a moment, dossiers, or what an applicant asked for."""
    if request:
        return {
            "moment": request.of, "whom": "some", "numbers": request.number, "day": request.wanted or "", "hour": "",
            "reason": "",
        }  # fmt: skip
    query = ask.request.query_params
    numbers = " ".join((*query.getlist("dossier"), *query.getlist("number")))
    return {
        "moment": query.get("moment", "")[:200], "whom": "", "numbers": numbers[:20_000],
        "day": query.get("day", "")[:10], "hour": "", "reason": "",
    }  # fmt: skip


def _request(ask: Ask, session: Session) -> Asked | None:
    said = ask.text("request", 20) if ask.request.method == "POST" else ask.query.get("request", "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise NotThere
    found = asked(session, the_id(ask.place.round), somebody(ask).person_id, number=int(said))
    if not found or found[0].outcome is not None:
        raise NotThere
    return found[0]


def _dossiers(ask: Ask, session: Session, given: Mapping[str, str]) -> tuple[list[DossierRow], list[str]]:
    """The dossiers of the numbers typed, and the numbers that no dossier has that this person manages."""
    found, unknown = [], []
    for number in given["numbers"].split()[:MOST]:
        try:
            row = find_dossier(session, ask.place.round, number)
        except Unknown:
            unknown.append(number)
            continue
        if has_conflict(session, the_id(row), somebody(ask).person_id):
            unknown.append(number)
        else:
            found.append(row)
    return found, unknown


def _say(ask: Ask, form: Form, known: Sequence[Movable]) -> None:
    """The fields in the reader's language."""
    say, zone = ask.say, dates.zone_name(ask.place.zone, ask.language)
    form.moment.label.text = say("Which date?")
    form.moment.choices = {"": [("", say("Choose …"))], **choices_of(ask, known)}
    if form.moment.data and form.moment.data not in {one.key for one in known}:
        # what is owed may be named without saying which of several
        form.moment.data = next((one.of for one in known if one.of.rpartition(" ")[0] == form.moment.data), "")
    form.whom.label.text = say("For whom?")
    form.whom.choices = [("all", say("Everybody whom it concerns")), ("some", say("Only these dossiers"))]
    form.numbers.label.text = say("Numbers of the dossiers")
    form.numbers.description = say("One or several, with a blank or a comma in between.")
    form.day.label.text = say("New day")
    form.day.description = say("The last day that counts, or the first for a beginning.")
    form.day.render_kw = {"type": "date"}
    form.hour.label.text = say("Hour (%(zone)s time)", zone=zone)
    form.hour.description = say("Leave it empty for the whole day.")
    form.hour.render_kw = {"type": "time"}
    form.reason.label.text = say("Reason")
    form.reason.description = say("The applicants read it in their letter.")
    form.reason.render_kw = {"maxlength": LONGEST_REASON, "lang": LOCALES[ask.language][:2]}
    for name in ("whom", "day", "reason"):  # HTML wants the first option of a required list to be in no group
        form[name].flags.required = True


def _judge(ask: Ask, found: Typed, unknown: Sequence[str]) -> None:
    """Say what is missing or no date, before the rules are asked."""
    form, say = found.form, ask.say
    if found.chosen is None:
        found.wrong("moment", say("Choose a date that can still be moved."))
    if unknown:
        found.wrong("numbers", say("No dossier of yours is called %(numbers)s.", numbers=", ".join(unknown[:10])))
    if not found.is_for_all and not found.dossiers and not unknown:
        found.wrong("numbers", say("Say for which dossiers."))
    if not form.reason.data and not found.request:
        found.wrong("reason", say("Say why. It is shown to applicants."))
    day = _day(form.day.data or "")
    if day is None or day.year > dates.local(ask.now, ask.place.zone).year + FAR:
        found.wrong("day", say("Give a day, for example %(day)s.", day=dates.local(ask.now, ask.place.zone).date()))
        return
    hour = _hour(form.hour.data or "")
    if form.hour.data and hour is None:
        found.wrong("hour", say("Give an hour such as 17:00."))
    elif hour and found.chosen and found.chosen.kind == "owed":
        found.wrong("hour", say("What is owed has a last day and no hour."))
    elif hour and found.request:
        found.wrong("hour", say("What was asked for is a day. Leave the hour empty."))
    found.to = datetime.combine(day, hour) if hour else day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None and not found.microsecond else None


def explain(ask: Ask, found: Typed, problem: GrantcycleError) -> None:
    """Say by the fields why the rules refuse a date."""
    if isinstance(problem, NotForAll):
        for number, reasons in problem.against.items():
            said = " ".join(said_by(ask, reason) for reason in reasons)
            found.wrong("numbers", ask.say("%(number)s: %(reason)s", number=number, reason=said))
        return
    if isinstance(problem, Refused):
        for reason in problem.reasons:
            _explain(ask, found, reason)
        return
    found.wrong("hour", ask.say("The clocks go forward over that hour, so it does not exist. Choose another."))


def _explain(ask: Ask, found: Typed, reason: Refusal) -> None:
    if reason.code in FIELD_OF:
        found.wrong(FIELD_OF[reason.code], said_by(ask, reason))
    else:
        found.errors.append(said_by(ask, reason))
