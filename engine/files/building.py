"""How do the tables of a workflow file become the records of the rules?

Whatever can be judged of one table by itself is complained about here; what concerns several of them together
(can every state be reached?) is in judging.py.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from engine.files.amounts import crossed
from engine.files.announced import check_told
from engine.files.divided import not_by_strand
from engine.files.moves import build_transition, check_recent
from engine.files.source import Source, Spot, written
from engine.files.spans import own_window_of, window_of
from engine.files.tables import Values, check_tables, entries, read_table
from engine.files.values import read_text
from engine.files.vocabulary import WORKFLOW
from engine.rules.conditions import Guard
from engine.rules.guards import CAPS
from engine.rules.numbers import PerStrand
from engine.rules.questions import Question
from engine.rules.times import Moment, OwnMoment
from engine.rules.workflow import (
    APPLICANT,
    EVERYONE,
    Announcement,
    Assessment,
    Committee,
    Criterion,
    Deliverable,
    Meeting,
    Obligation,
    Promise,
    Reminder,
    State,
    Workflow,
)

MOST_TIMES = 100
BESIDE = (
    ("answer_within", "seats", "no seat is ever offered where anybody may come"),
    ("book_with", "slots", "how long is the hour that is booked?"),
)
"""keys of a meeting that need another"""
ALONE = (
    ("book_with", "an hour is booked for each dossier by itself"),
    ("within", "it takes place for each dossier by itself"),
)
"""keys of a meeting that leave nothing to be held for each strand or answer"""
ASKED_BY = ("answer", "strand")
"""guards that say whether a question is asked"""
NUMBERS = ("number", "money", "schedule")
KEYS_OF_KINDS = (
    ("at_most", NUMBERS),
    ("at_least", NUMBERS),
    ("max_words", ("text", "long_text")),
    ("accept", ("file",)),
    ("choices", ("choice",)),
)
"""keys of a question that only some kinds have"""
Build = Callable[[str, int, Values, Spot], Any]


def build_workflow(programme: str, source: Source) -> Workflow | None:
    """The workflow that a file describes; None when [workflow] itself does not say enough.

    Where there are complaints the badly written records are left out, so that the rest can be judged in the same go.
    """
    check_tables(source, WORKFLOW, "workflow")
    tables = {table.name: table for table in WORKFLOW}
    whole = (source.data or {}).get("workflow")
    general = read_table(tables["workflow"].keys, whole, Spot(source, ("workflow",))) if isinstance(whole, dict) else {}
    built: dict[str, dict[str, Any]] = {}
    for name, build in BUILDERS.items():
        built[name] = {}
        for position, (entry, value, spot) in enumerate(entries(source, name)):
            values = read_table(tables[name].keys, value, spot)
            if not isinstance(value, dict):
                continue  # there is no table whose keys its own checks could look at
            # A record is built even where something is wrong with it, so that its own checks run in the same go.
            record = _attempt(build, entry, position, values, spot)
            if record is not None:
                built[name][entry] = record
    phases, strands = dict(_titles(source, "phase")), dict(_titles(source, "strand"))
    if not {key.name for key in tables["workflow"].keys if key.required} <= set(general):
        return None
    return Workflow(
        programme=programme,
        title=general["title"],
        language=general["language"],
        languages=general["languages"],
        begins_in=general["begins_in"],
        ends_in=general["ends_in"],
        currency=general.get("currency"),
        committees=built["committee"],
        phases=phases,
        states=built["state"],
        questions=built["question"],
        deliverables=built["deliverable"],
        criteria=built["criterion"],
        meetings=built["meeting"],
        transitions=built["transition"],
        obligations=built["obligation"],
        reminders=built["reminder"],
        promises=built["promise"],
        announcements=built["announcement"],
        assessments=built["assessment"],
        strands=strands,
    )


def _attempt(build: Build, name: str, position: int, values: Values, spot: Spot) -> Any:
    try:
        return build(name, position, values, spot)
    except KeyError:
        if not spot.source.has_errors:
            raise
        return None  # what is required was complained about


def _titles(source: Source, table: str) -> Iterator[tuple[str, str]]:
    for name, value, spot in entries(source, table):
        if table == "phase" and isinstance(value, dict | date):
            spot.complain(f"has its title here, not {written(value)}; its dates stand in the round file")
            continue
        title = read_text(value, spot)
        if title is not None:
            yield name, title


def _committee(name: str, _: int, values: Values, __: Spot) -> Committee:
    return Committee(name, values["title"], values.get("observers", ()), values.get("quorum"), values.get("per"))


def _state(name: str, _: int, values: Values, __: Spot) -> State:
    title: str = values["title"]
    return State(
        name=name,
        title=title,
        shown=values.get("shown", title),
        ahead=values.get("ahead", title),
        phase=values.get("phase"),
        frees_place=values.get("frees_place", False),
    )


def _question(name: str, _: int, values: Values, spot: Spot) -> Question:
    kind = values.get("kind", "text")
    least, most = values.get("at_least"), values.get("at_most")
    for key, kinds in KEYS_OF_KINDS:
        if key in values and kind not in kinds and spot.at("kind").path not in spot.source.bad:
            spot.at(key).complain(f'is for the kind {" or ".join(kinds)}, and this question has the kind "{kind}"')
    if kind in ("dossier", "conflicts") and spot.path[0] != "question":
        spot.at("kind").complain(f'"{kind}" is asked in the dossier\'s own form, [question.NAME], and nowhere else')
    if kind == "dossier" and values.get("required"):
        spot.at("required").complain(
            "cannot be: whoever applies for the first time has no earlier dossier to name; follows asks for one"
        )
    if kind == "choice" and "choices" not in values and spot.at("choices").path not in spot.source.bad:
        spot.at("choices").complain("is required: what may one choose from?")
    if too_small := crossed(least, most):
        spot.at("at_least").complain(
            f"{too_small[0]} is more than at_most = {too_small[1]}; nothing would do"
        )
    guards: tuple[Guard, ...] = values.get("only_if", ())
    for guard in guards:
        if guard.word not in ASKED_BY:
            spot.at("only_if", guard.word).complain(f"says nothing of a form; write {' or '.join(ASKED_BY)}")
    return Question(
        name=name,
        ask=values["ask"],
        kind=kind,
        required=values.get("required", False),
        at_most=most,
        max_words=values.get("max_words"),
        accept=values.get("accept", ()),
        at_least=least,
        choices=values.get("choices", ()),
        help=values.get("help"),
        only_if=tuple(guard for guard in guards if guard.word in ASKED_BY),
        of=str(spot.path[1]) if spot.path[0] == "deliverable" else None,
    )


def _deliverable(name: str, position: int, values: Values, spot: Spot) -> Deliverable:
    questions = {}
    for entry, read in values["question"].items():
        question = _attempt(_question, entry, position, read, spot.at("question", entry))
        if question is not None:
            questions[entry] = question
    raw = (spot.source.data or {})["deliverable"][name]
    by = values.get("by", APPLICANT)
    if by != APPLICANT and "open_to" not in raw:
        spot.at("by").complain('says nothing without "open_to": when may they hand it in?')
    general = (spot.source.data or {}).get("workflow")
    ends = general.get("ends_in", ()) if isinstance(general, dict) else ()
    for state in values.get("open_to", ()):
        if isinstance(ends, list) and state in ends:
            spot.at("open_to").complain(f'"{state}" is an end state, where nothing is handed in any more')
        elif by != APPLICANT and isinstance(general, dict) and state == general.get("begins_in"):
            spot.at("open_to").complain(f'"{state}" is where a dossier is written; nobody else sees it there')
    return Deliverable(name, values["title"], questions, values.get("open_to", ()), by)


def _criterion(name: str, _: int, values: Values, spot: Spot) -> Criterion:
    if not spot.names["committee"]:
        spot.complain("nobody scores it: there is no [committee.NAME]")
    scale, weight = values["scale"], values.get("weight", 1)
    if isinstance(scale[0], str):
        return Criterion(name, values["title"], (1, len(scale)), weight, scale)
    return Criterion(name, values["title"], scale, weight)


def _assessment(name: str, _: int, values: Values, spot: Spot) -> Assessment:
    criteria = values.get("criteria", tuple(spot.names["criterion"]))
    if "score" in values and not criteria:
        spot.at("score").complain("says nothing here: no marks are given, as there are no criteria")
    return Assessment(
        name=name,
        title=values["title"],
        by=values["by"],
        about=values["about"],
        criteria=criteria,
        window=window_of(values, spot),
        readers=values.get("readers"),
        reads=values.get("reads"),
        score=values.get("score", "mean"),
        spread=values.get("spread"),
        set_aside=values.get("set_aside"),
        within=values.get("within"),
        own_window=own_window_of(values),
    )


def _meeting(name: str, _: int, values: Values, spot: Spot) -> Meeting:
    window, own = window_of(values, spot), own_window_of(values)
    if window is None and own is None and "within" not in values:
        _require_window(spot)
        raise KeyError("during")
    raw = (spot.source.data or {})["meeting"][name]
    for key, other, why in BESIDE:
        if key in raw and other not in raw:
            spot.at(key).complain(f'says nothing without "{other}": {why}')
    open_to = values["open_to"]
    committee = open_to if isinstance(open_to, str) and open_to != EVERYONE else None
    for key in ("slots", "seats"):
        if committee and key in raw:
            spot.at(key).complain(f'says nothing here: every member of "{committee}" is asked to come')
    if "seats" in raw and "slots" in raw:
        spot.at("seats").complain('stands beside "slots"; a slot is a seat already')
    if own is not None or "within" in values:
        _check_own_days(raw, spot.at("within" if own is None else "between"))
    if "per" in raw:
        for key, why in ALONE if own is None else (("between", ALONE[1][1]),):
            if key in raw:
                spot.at("per").complain(f'says nothing beside "{key}": {why}')
    if isinstance(values.get("seats"), PerStrand) and (instead := not_by_strand(values.get("per"))):
        spot.at("seats").complain(f"gives one number for each strand, and {instead}")
    return Meeting(
        name=name,
        title=values["title"],
        open_to=() if committee else values["open_to"],
        window=window,
        slots=values.get("slots"),
        seats=values.get("seats"),
        answer_within=values.get("answer_within"),
        book_with=values.get("book_with"),
        committee=committee,
        within=values.get("within"),
        own_window=own,
        per=values.get("per"),
    )


def _check_own_days(raw: Mapping[str, Any], place: Spot) -> None:
    """A meeting that each dossier has on days of its own is agreed on with each: there is none for all."""
    open_to = raw.get("open_to")
    if open_to == EVERYONE or (isinstance(open_to, str) and open_to in place.names["committee"]):
        place.complain(f'cannot be: no dossier comes to a meeting for "{open_to}", and each has its own days')
    elif "seats" in raw or ("slots" in raw and "book_with" not in raw):
        key = "seats" if "seats" in raw else "slots"
        place.complain(f'stands beside "{key}"; on days of its own each dossier books an hour, or agrees on one')


def _require_window(spot: Spot) -> None:
    raw = (spot.source.data or {})["meeting"][spot.path[-1]]
    if isinstance(raw, dict) and not {"during", "between", "within"} & set(raw):
        spot.at("during").complain('is required, or "between" or "within": when does it take place?')


def _obligation(name: str, position: int, values: Values, spot: Spot) -> Obligation:
    raw = (spot.source.data or {})["obligation"][name]
    chosen = [key for key in ("attend", "deliver", "pay") if key in raw]
    if not chosen:
        spot.complain('says neither "attend" nor "deliver": what is owed?')
    elif len(chosen) > 1:
        spot.at(chosen[1]).complain(f'stands beside "{chosen[0]}"; write two obligations')
    if "accepted_by" in raw and "deliver" not in raw:
        spot.at("accepted_by").complain("says nothing here: that somebody was there is put down by staff already")
    if values.get("times", 1) > MOST_TIMES:
        spot.at("times").complain(f"{values['times']} times is more than the {MOST_TIMES} that can be owed at once")
    _check_owed_when(raw, spot)
    _check_own_window(raw, values, spot)
    guards = values.get("only_if", ())
    for guard in guards:
        if guard.word in ("at_most", "rank_at_most", "reason", "member_of"):
            spot.at("only_if", guard.word).complain("says nothing here: nobody acts or moves as it is laid out")
    return Obligation(
        name=name,
        owed_by=values["owed_by"],
        window=window_of(values, spot),
        every=values.get("every"),
        times=values.get("times", 1),
        attend=values.get("attend"),
        deliver=values.get("deliver"),
        remind=tuple(span for span, turn in values.get("remind", ()) if turn == "before"),
        position=position,
        remind_after=tuple(span for span, turn in values.get("remind", ()) if turn == "after"),
        accepted_by=values.get("accepted_by"),
        if_not=values.get("if_not", {}),
        within=values.get("within"),
        guards=guards,
        each=values.get("each"),
        own_window=own_window_of(values),
    )


def _check_own_window(raw: Mapping[str, Any], values: Values, spot: Spot) -> None:
    """What is owed between days of the dossier itself is owed once, until one of them."""
    own = own_window_of(values)
    if own is not None and "every" in raw:
        spot.at("every").complain('stands beside days of the dossier itself; years are counted in a window of all')
    if own is not None and "only_if" in raw:
        spot.at("only_if").complain(
            "stands beside days of the dossier itself; whether it is owed would be asked anew with each"
        )
    if own is not None and not isinstance(own.end, OwnMoment):
        spot.at("between").complain(
            f'ends with "{own.end}", which is a day of all: write two moments of the calendar, or end with a day of '
            "the dossier"
        )


def _check_owed_when(raw: Mapping[str, Any], spot: Spot) -> None:
    if not {"during", "between", "within", "each"} & set(raw):
        spot.at("during").complain('is required, or "between", "within" or "each": until when is it owed?')
    if "within" in raw and "every" in raw:
        spot.at("every").complain('stands beside "within"; years are counted from the opening of a window of all')
    if "each" in raw:
        for key in ("during", "between", "within", "every", "times"):
            if key in raw:
                spot.at("each").complain(f'stands beside "{key}"; each row of the schedule says until when, and is one')


def _reminder(name: str, position: int, values: Values, spot: Spot) -> Reminder:
    raw = (spot.source.data or {})["reminder"][name]
    chosen = [key for key in ("when", "after") if key in raw]
    if len(chosen) != 1:
        place = spot.at("after") if chosen else spot
        place.complain(
            'stands beside "when"; write two reminders'
            if chosen
            else 'says neither "when" nor "after": when is it sent?'
        )
    guards = values.get("only_if", ())
    for guard in guards:
        if guard.word in (*CAPS, "reason", "member_of"):
            spot.at("only_if", guard.word).complain("says nothing here: a reminder moves nobody")
        check_recent(guard, spot)
    moments = values.get("when", ())
    return Reminder(
        name=name,
        about=values["about"],
        when=tuple(one for one in moments if isinstance(one, Moment)),
        guards=guards,
        tell=values["tell"],
        position=position,
        after=values.get("after", ()),
        own=tuple(one for one in moments if isinstance(one, OwnMoment)),
    )


def _promise(name: str, position: int, values: Values, spot: Spot) -> Promise:
    raw = (spot.source.data or {})["promise"][name]
    moment = values.get("before")
    own = moment if isinstance(moment, OwnMoment) else None
    if "pay" not in raw and "before" not in raw:
        spot.at("before").complain("is required: by when?")
    return Promise(
        name, values["title"], moment if isinstance(moment, Moment) else None, values["about"], values["tell"],
        position, values.get("pay", "" if "pay" in raw else None), own,
    )  # fmt: skip


def _announcement(name: str, position: int, values: Values, spot: Spot) -> Announcement:
    check_told(values, spot)
    return Announcement(name, values["when"], values["tell"], position, values.get("about", ()))


BUILDERS: dict[str, Build] = {
    "committee": _committee,
    "state": _state,
    "question": _question,
    "deliverable": _deliverable,
    "criterion": _criterion,
    "assessment": _assessment,
    "meeting": _meeting,
    "transition": build_transition,
    "obligation": _obligation,
    "reminder": _reminder,
    "promise": _promise,
    "announcement": _announcement,
}
