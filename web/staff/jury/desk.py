"""Which committee and which of its dossiers is a page of the console about?"""

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from engine.database.pages.committee import counts_apart, counts_by_state
from engine.database.pages.late import late_dossiers
from engine.database.pages.matrix import Table
from engine.database.store import the_id
from engine.rules.assessing import list_in
from engine.rules.divided import scopes
from engine.rules.lateness import Term, term_of
from engine.rules.moments import Calendar
from engine.rules.roles import judging_committee
from engine.rules.workflow import Committee, Workflow
from web.ask import Ask
from web.committee.mine import round_calendar
from web.policy import somebody
from web.problems import NotThere


@dataclass(frozen=True)
class Desk:
    """The dossiers of one state, and the committee that judges them."""

    ask: Ask
    state: str
    states: tuple[tuple[str, str | None, int], ...]
    """every state in which a committee judges, for each strand or answer where there is a committee for each, and how
    many dossiers stand there"""
    calendar: Calendar
    near: frozenset[str] = frozenset()
    """the numbers of those that are scored until a day of their own which is near"""
    scope: str | None = None
    """of which strand or answer the committee is, where there is one for each"""

    @property
    def token(self) -> str:
        """What the forms and addresses of the console call it."""
        return _token(self.state, self.scope)

    @property
    def scope_title(self) -> str:
        """What the strand or the answer is called; no text where there is one committee for all."""
        return self.ask.said(scopes(self.workflow, self.committee.per).get(self.scope or "", ""))

    @property
    def workflow(self) -> Workflow:
        return self.ask.place.workflow

    @property
    def committee(self) -> Committee:
        return self.workflow.committees[_committee_of(self.workflow, self.state)]

    @property
    def assessment_title(self) -> str:
        """What the assessment is called whose list it is, where the rules declare some."""
        one = list_in(self.workflow, self.state)
        return self.ask.said(one.title) if self.workflow.assessments and one else ""

    @property
    def table(self) -> Table:
        """What of it the visitor may know of."""
        place = self.ask.place
        return Table(
            self.workflow, the_id(place.round), self.committee.name, self.state, somebody(self.ask).person_id,
            scope=self.scope,
        )

    @property
    def term(self) -> Term:
        return term_of(self.workflow, self.calendar, self.state)

    @property
    def is_late(self) -> bool:
        """Whether what is wanting now is late."""
        return self.term.is_late(self.ask.now)

    def is_late_with(self, number: str) -> bool:
        """Whether what is wanting now of one dossier is late: by the term of all, or by its own."""
        return self.is_late or number in self.near

    @property
    def path(self) -> str:
        return committee_path(self.ask)

    def link(self, tail: str = "", **query: str | int) -> str:
        """Another page about the same dossiers."""
        given = {name: value for name, value in query.items() if value not in ("", 0)}
        return f"{self.path}{tail}?{urlencode({'state': self.token, **given})}"

    @property
    def segments(self) -> list[tuple[str, str, bool]]:
        """(label, address, whether it is this one) of every state, for the page that is looked at."""
        titles = {name: self.ask.said(self.workflow.states[name].title) for name, _, _ in self.states}
        several = len({_committee_of(self.workflow, name) for name, _, _ in self.states}) > 1
        found = []
        for name, scope, count in self.states:
            of = _committee_of(self.workflow, name)
            whose = f"{self.ask.said(self.workflow.committees[of].title)}: " if several and of else ""
            called = self.ask.said(scopes(self.workflow, self.workflow.committees[of].per).get(scope or "", ""))
            here = f"{self.ask.path}?{urlencode({'state': _token(name, scope)})}"
            label = f"{whose}{titles[name]}{', ' if called else ''}{called} ({count})"
            found.append((label, here, (name, scope) == (self.state, self.scope)))
        return found

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The pages of the committee."""
        say, path = self.ask.say, self.ask.path
        places = (
            (say("Progress"), ""), (say("Ranking"), "/ranking"), (say("Conflicts"), "/conflicts"),
            (say("Suggest readers"), "/suggest"), (say("Remind"), "/remind"),
        )  # fmt: skip
        return [(label, self.link(tail), path == self.path + tail) for label, tail in places]

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(self.ask.said(self.ask.place.round_title), f"/staff/{self.ask.place.key}")]


def _committee_of(workflow: Workflow, state: str) -> str:
    """The committee that judges dossiers in a state, or whose scores are waited with there; no text where none is."""
    if committee := judging_committee(workflow, state):
        return committee
    one = list_in(workflow, state) if workflow.assessments and state not in workflow.ends_in else None
    return one.by if one else ""


def committee_path(ask: Ask) -> str:
    return f"/staff/{ask.place.key}/committee"


def desk_of(ask: Ask, session: Session, wanted: str | None = None) -> Desk | None:
    """What is asked about, by default the first state in which something lies; None where no committee judges.

    `wanted` is the state that a form names. Raises NotThere for a state in which no committee judges.
    """
    workflow = ask.place.workflow
    states = [
        (name, scope)
        for name in workflow.states
        if (of := _committee_of(workflow, name))
        for scope in scopes(workflow, workflow.committees[of].per) or (None,)
    ]
    named = ask.query.get("state", "") if wanted is None else wanted
    of_token = {_token(*one): one for one in states}
    if named and named not in of_token and named not in {name for name, _ in states}:
        raise NotThere
    if not states:
        return None
    counted = counts_by_state(session, the_id(ask.place.round), somebody(ask).person_id)
    apart = counts_apart(session, workflow, the_id(ask.place.round), somebody(ask).person_id)
    known = tuple(
        (name, scope, counted.get(name, 0) if scope is None else apart.get((name, scope), 0)) for name, scope in states
    )
    meant = [(name, scope, count) for name, scope, count in known if named in ("", name, _token(name, scope))]
    state, scope, _ = next((one for one in meant if one[2]), meant[0])
    calendar, round_id = round_calendar(session, ask.place), the_id(ask.place.round)
    near = late_dossiers(session, workflow, round_id, [state], calendar, ask.now)
    return Desk(ask, state, known, calendar, near, scope)


def _token(state: str, scope: str | None) -> str:
    return state if scope is None else f"{state}:{scope}"


def must_desk(ask: Ask, session: Session, wanted: str | None = None) -> Desk:
    """The same where there must be one. Raises NotThere."""
    desk = desk_of(ask, session, wanted)
    if desk is None:
        raise NotThere
    return desk
