"""Does a transition make sense by itself?"""

from collections.abc import Mapping
from typing import Any

from engine.files.source import Spot
from engine.files.spans import own_window_of, window_of
from engine.files.tables import Values
from engine.rules.conditions import Guard, Recent
from engine.rules.guards import SCORED
from engine.rules.times import Moment, OwnMoment, OwnWindow, PlaceFrees
from engine.rules.workflow import APPLICANT, STAFF, Transition

STAYS = ("file", "schedule", "dossier", "conflicts")
"""kinds of question whose answers no move gives anew: more hangs on them than their words"""
UNTIL_ONE_DAY = (
    'stands beside "takes_effect"; a verdict that takes effect on one day for all is recorded until one day'
)
COUNTED = ("at_most", "rank_at_most", "budget_left")


def build_transition(name: str, position: int, values: Values, spot: Spot) -> Transition:
    """The record of a transition, after complaints about what does not go together in it."""
    raw: Mapping[str, Any] = (spot.source.data or {})["transition"][name]
    _check_who(raw, values, spot)
    _check_guards(raw, values, spot)
    _check_order(raw, spot)
    _check_states(raw, values, spot)
    _check_sets(raw, values, spot)
    return Transition(
        name=name,
        sources=values["from"],
        target=values["to"],
        by=values.get("by"),
        when=None if isinstance(values.get("when"), OwnMoment) else values.get("when"),
        window=window_of(values, spot),
        guards=values.get("only_if", ()),
        if_not=values.get("if_not", {}),
        order=values.get("order", ()),
        ties=values.get("ties", "ask"),
        takes_effect=values.get("takes_effect"),
        release=values.get("release", "auto"),
        tell=values.get("tell", {}),
        position=position,
        sets=values.get("sets"),
        per=values.get("per"),
        after=values.get("after"),
        within=values.get("within"),
        own=values["when"] if isinstance(values.get("when"), OwnMoment) else None,
        own_window=_own_window(raw, values, spot),
    )


def _own_window(raw: Mapping[str, Any], values: Values, spot: Spot) -> OwnWindow | None:
    """The window that the dossier's own days give, where there is somebody for whom it can be looked up."""
    own, place = own_window_of(values), spot.at("between")
    general = (spot.source.data or {}).get("workflow")
    begins = general.get("begins_in") if isinstance(general, dict) else None
    if own is None:
        return None
    if _waits(raw):
        place.complain("cannot be: places are the round's, and are given in a window of all")
    elif values.get("by") == APPLICANT and begins in values.get("from", ()):
        place.complain(f'a dossier in "{begins}" is handed in until one day for all; write moments of the calendar')
    elif isinstance(values.get("takes_effect"), Moment):
        place.complain(UNTIL_ONE_DAY)
    return own


def _check_sets(raw: Mapping[str, Any], values: Values, spot: Spot) -> None:
    """Somebody must be there to give the value, at the moment at which it counts."""
    if "sets" not in raw:
        return
    place, data = spot.at("sets"), spot.source.data or {}
    if "when" in raw:
        place.complain('stands beside "when"; the calendar has no new value to give')
    elif "takes_effect" in raw:
        place.complain('stands beside "takes_effect"; a value is given by whoever acts, at once')
    general = data.get("workflow")
    begins = general.get("begins_in") if isinstance(general, dict) else None
    if values.get("by") == APPLICANT and begins in values.get("from", ()):
        place.complain(f'says nothing in "{begins}": there the applicant fills in the form, and has chosen')
    asked = data.get("question")
    question = asked.get(raw["sets"]) if isinstance(asked, dict) and isinstance(raw["sets"], str) else None
    kind = question.get("kind") if isinstance(question, dict) else None
    if kind in STAYS:
        place.complain(f'"{raw["sets"]}" has the kind "{kind}", and its answer stays as it was handed in')


def _check_who(raw: Mapping[str, Any], values: Values, spot: Spot) -> None:
    chosen = [key for key in ("by", "when", "after") if key in raw]
    if not chosen:
        spot.complain('says neither "by" nor "when" nor "after": who or what moves the dossier?')
    elif len(chosen) > 1:
        spot.at(chosen[1]).complain(f'stands beside "{chosen[0]}"; a dossier is moved by a person or by the calendar')
    by_calendar = chosen[0] if chosen in (["when"], ["after"]) else None
    if by_calendar and not _waits(raw):
        for key in ("during", "between", "within"):
            if key in raw:
                spot.at(key).complain(f'stands beside "{by_calendar}"; a window is for acts of people')
    if by_calendar and "takes_effect" in raw:
        spot.at("takes_effect").complain(f'stands beside "{by_calendar}"; the calendar moves at the moment itself')
    if "within" in raw and isinstance(values.get("takes_effect"), Moment):
        spot.at("within").complain(UNTIL_ONE_DAY)
    if "within" in raw and _waits(raw):
        spot.at("within").complain("says nothing here: a place is waited for as long as it takes")
    if _waits(raw):
        _check_place(raw, spot)
    if "takes_effect" in raw and values.get("by") in (APPLICANT, STAFF):
        spot.at("takes_effect").complain(
            f'is for the verdict of a committee, and "{values["by"]}" is none; an act takes effect at once'
        )
    has_own = isinstance(values.get("when", values.get("takes_effect")), OwnMoment)
    has_moment = not has_own and ("takes_effect" in raw or ("when" in raw and not _waits(raw)))
    if values.get("release", "auto") != "auto" and not has_moment:
        but = ", and a place frees when it will" if _waits(raw) else ""
        but = ", and \"after\" gives each dossier its own" if "after" in raw else but
        but = ", and here each dossier has its own" if has_own else but
        spot.at("release").complain(
            f'"{values["release"]}" needs a moment ("takes_effect" or "when") at which state and letter go together'
            f"{but}"
        )


def _waits(raw: Mapping[str, Any]) -> bool:
    """Whether it waits for a place in place of a moment."""
    return raw.get("when") == str(PlaceFrees())


def _check_place(raw: Mapping[str, Any], spot: Spot) -> None:
    """What waits for a place must say how many there are. That somebody gives one back is judged with the states."""
    guards = raw.get("only_if")
    if "only_if" not in raw or (isinstance(guards, dict) and not {"at_most", "budget_left"} & set(guards)):
        spot.at("only_if").complain("must say how many places there are, { at_most = 18 }: without it none ever frees")


def _check_guards(raw: Mapping[str, Any], values: Values, spot: Spot) -> None:
    guards: tuple[Guard, ...] = values.get("only_if", ())
    delayed = next((key for key in ("when", "after", "takes_effect") if key in raw), None)
    if "only_if" in raw and delayed and "if_not" not in raw:
        spot.at("if_not").complain(
            f'is required: a guard beside "{delayed}" may fail when nobody is there; say who hears of it'
        )
    if "if_not" in raw and delayed is None:
        spot.at("if_not").complain("says nothing here: whoever acts is told the reasons at once")
    if "if_not" in raw and delayed != "takes_effect" and delayed is not None and "only_if" not in raw:
        spot.at("if_not").complain('says nothing here: there is no guard in "only_if" that could fail')
    for guard in guards:
        place = spot.at("only_if", guard.word)
        if guard.word == "reason" and ("when" in raw or "after" in raw):
            place.complain("cannot hold: the calendar gives no reason")
        if guard.word == "recommendation" and not spot.names["committee"]:
            place.complain("cannot hold: there is no [committee.NAME] to write one")
        own = values.get("when", values.get("takes_effect"))
        if guard.word == "rank_at_most" and ("after" in raw or isinstance(own, OwnMoment)):
            place.complain("cannot hold: a rank is among all who stand there at one moment, and here each has its own")
        if guard.word == "verdict" and values.get("by") in spot.names["committee"]:
            place.complain("cannot hold: this transition is itself a verdict")
        if guard.word == "rank_at_most" and not (spot.names["criterion"] or values.get("order")):
            place.complain("cannot hold: there is no [criterion.NAME] to score, and no \"order\" says by what it ranks")
        if guard.word in SCORED and not spot.names["criterion"]:
            place.complain("cannot hold: there is no [criterion.NAME] to score")
        if guard.word == "member_of" and "by" not in raw:
            place.complain("cannot hold: the calendar sits in no committee")
        check_recent(guard, spot)
        if guard.word == "form" and not spot.names["question"]:
            place.complain("says nothing: there is no [question.NAME]")


def check_recent(guard: Guard, spot: Spot) -> None:
    """No dossier enters the state that it begins in, so nothing is said by asking for one that did."""
    general = (spot.source.data or {}).get("workflow")
    begins_in = general.get("begins_in") if isinstance(general, dict) else None
    for one in guard.value if isinstance(guard.value, tuple) else ():
        if isinstance(one, Recent) and one.state == begins_in:
            spot.at("only_if", guard.word, one.state).complain(
                f'says nothing: every dossier begins in "{begins_in}", and none enters it'
            )


def _check_order(raw: Mapping[str, Any], spot: Spot) -> None:
    guards = raw.get("only_if")
    capped = isinstance(guards, dict) and any(word in guards for word in COUNTED)
    by_calendar = "when" in raw or "after" in raw
    if capped and by_calendar and "order" not in raw:
        spot.at("order").complain("is required: under a cap the calendar must know who comes first")
    is_ranked = isinstance(guards, dict) and "rank_at_most" in guards
    for key in ("order", "ties"):
        if key in raw and not (is_ranked or ((capped or _waits(raw)) and by_calendar)):
            spot.at(key).complain('says nothing here: it is for a cap ("at_most") that the calendar applies')
    if "per" in raw and not capped:
        spot.at("per").complain("says nothing here: nothing is counted without a cap, a rank or a budget")
    if raw.get("ties") == "in" and isinstance(guards, dict) and "budget_left" in guards:
        spot.at("ties").complain('"in" would give more money than there is; write "ask" or "out"')
    order = raw.get("order")
    if isinstance(order, list) and "score" in order and not spot.names["criterion"]:
        spot.at("order").complain('"score" says nothing: there is no [criterion.NAME] to score')


def _check_states(raw: Mapping[str, Any], values: Values, spot: Spot) -> None:
    general = (spot.source.data or {}).get("workflow")
    ends = general.get("ends_in", ()) if isinstance(general, dict) else ()
    ends = (ends,) if isinstance(ends, str) else tuple(ends) if isinstance(ends, list) else ()
    left = [state for state in values.get("from", ()) if state in ends]
    if left and "within" not in raw:
        spot.at("from").complain(f'"{left[0]}" is an end state, and an end state is not left')
    if (
        values.get("by", STAFF) not in (APPLICANT, STAFF)
        and values.get("to") in ends
        and APPLICANT not in values.get("tell", {})
    ):
        spot.at("tell").complain(
            f'a verdict into the end state "{values["to"]}" must tell the applicant: {{ applicant = "…" }}'
        )
    if ("when" in raw or "after" in raw) and values.get("to") in values.get("from", ()):
        spot.at("to").complain(f'"{values["to"]}" is where the dossier stands already; the calendar would move nothing')
