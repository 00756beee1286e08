"""Which round, and which dossier, is a page about?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import Session

from engine.cycle import Cycle
from engine.cycle.scene import Scene
from engine.database.coming import scopes_of_dossier
from engine.database.records import DossierRow, RoundRow
from engine.database.standings import standing_of
from engine.database.store import the_id
from engine.errors import Unknown
from engine.files.reading import Programme
from engine.rules.meetings_apart import rules_of_dossier
from engine.rules.moments import Calendar
from engine.rules.roles import Standing
from engine.rules.round import BY_APPLICANT
from engine.rules.workflow import APPLICANT, Transition, Workflow
from web import dates
from web.problems import NotThere

FIRST, LAST = "Pacific/Kiritimati", "Etc/GMT+12"
"""where a day begins first, and where it ends last"""


@dataclass(frozen=True)
class Place:
    """A round as its pages show it: rules, dates with their extensions, and who the visitor is in it."""

    round: RoundRow
    programme: Programme
    calendar: Calendar
    """of the dossier that the page is about, where there is one"""
    standing: Standing
    dossier: DossierRow | None = None
    changed_at: int = 0
    """when the dates last changed for all, in UTC microseconds"""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """the dossier's strand, or its answer, of all over which the round has meetings apart"""

    @property
    def key(self) -> str:
        """How the engine names the round."""
        return self.round.key

    @cached_property
    def workflow(self) -> Workflow:
        """The rules of the round, and where the page is about a dossier, as they hold for that."""
        rules = self.programme.rules_of(self.round.name, self.dossier.strand if self.dossier else None)
        return rules if self.dossier is None else rules_of_dossier(rules, lambda per: self.scopes.get(per, ""))

    @property
    def zone(self) -> str:
        return self.round.timezone

    @property
    def call_path(self) -> str:
        return f"/call/{self.round.key}"

    @property
    def committee_path(self) -> str:
        return f"/committee/{self.round.key}"

    @property
    def number(self) -> str:
        """Of the dossier. Only where a policy has found one."""
        return self.its_dossier.number

    @property
    def strand(self) -> str:
        """What the strand of the dossier is called in the rules; empty where there is none."""
        return self.workflow.strands.get(self.its_dossier.strand or "", "")

    @property
    def its_dossier(self) -> DossierRow:
        assert self.dossier is not None
        return self.dossier

    @property
    def path(self) -> str:
        """Of the dossier's own page."""
        return f"/dossier/{self.round.key}/{self.number}"

    def said(self, text: str, language: str) -> str:
        """What the programme says, in that language."""
        return self.programme.translate(text, language)

    @property
    def round_title(self) -> str:
        return self.programme.rounds[self.round.name].title

    @property
    def handing_in(self) -> Transition | None:
        """The transition by which a dossier is handed in, or None where nobody hands one in."""
        return handing_in(self.workflow)

    @property
    def call(self) -> tuple[int, int, int] | None:
        """When a dossier may be handed in: the first instant, the first instant after, and the grace after that.

        Of strands with dates of their own, and by the clocks of each, where no dossier is meant, from the first opening
        to the last close.
        """
        transition = self.handing_in
        if transition is None or transition.window is None:
            return None
        calendars = [self.calendar, *(self.calendar.parts(transition.window.end.phase, self.workflow.strands))]
        if self.by_applicant and self.dossier is None:
            calendars += [self.calendar.of_clocks(clocks) for clocks in (FIRST, LAST)]
        windows = [one.window(transition.window) for one in calendars]
        closes = max(closes for _, closes in windows)
        last = next(one for one, (_, end) in zip(calendars, windows, strict=True) if end == closes)
        return min(opens for opens, _ in windows), closes, last.grace(transition.window.end)

    @property
    def calls_apart(self) -> list[tuple[list[str], tuple[int, int, int]]]:
        """(titles of strands, their `call`) of all that have dates alike, where strands have dates of their own."""
        transition, strands = self.handing_in, self.workflow.strands
        if transition is None or transition.window is None:
            return []
        window = transition.window
        parts = self.calendar.parts(window.end.phase, strands)
        if len(parts) == 1:
            return []
        apart = {one.strand for one in parts}
        return [
            (
                [title for name, title in strands.items() if (name == one.strand if one.strand else name not in apart)],
                (*one.window(window), one.grace(window.end)),
            )
            for one in parts
        ]  # fmt: skip

    def batch_now(self, now: int) -> tuple[int, int] | None:
        """The batch of what is handed in now, and the first instant after that batch; None where none follows."""
        window = self.handing_in.window if self.handing_in else None
        if window is None or self.calendar.cut != window.end.phase:
            return None
        number = self.calendar.batch_at(now)
        if number is None or number == len(self.calendar.batches):
            return None
        return number, self.calendar.of_batch(number).instant(window.end)

    @property
    def call_zone(self) -> str | None:
        """By whose clocks the call closes, where they are not the round's."""
        window = self.handing_in.window if self.handing_in else None
        zone = self.calendar.goes_by(window.end.phase) if window else None
        return None if zone == BY_APPLICANT else zone

    @property
    def by_applicant(self) -> bool:
        """Whether the call opens or closes by the clocks of each applicant."""
        window, phases = self.handing_in.window if self.handing_in else None, self.calendar.round.by_applicant
        return window is not None and bool({window.start.phase, window.end.phase} & set(phases))

    def call_from(self, language: str) -> str:
        """From when dossiers are taken, in words."""
        assert self.call is not None
        opens = self._of_all()[0] if self.by_applicant else self.call[0]
        return dates.moment(opens, self.zone, language, dates.LOCAL_TIME[language] if self.by_applicant else None)

    def call_until(self, language: str) -> str:
        """Until when dossiers are taken, in words: by the clocks of each applicant where they go by these."""
        assert self.call is not None
        closes = self._of_all()[1] if self.by_applicant else self.call[1]
        return dates.last_moment(closes, self.zone, language, dates.LOCAL_TIME[language] if self.by_applicant else None)

    def _of_all(self) -> tuple[int, int]:
        """The call as somebody sees it who goes by the clocks of the round."""
        assert self.handing_in is not None
        assert self.handing_in.window is not None
        return self.calendar.of_clocks(None).window(self.handing_in.window)


def handing_in(workflow: Workflow) -> Transition | None:
    """The transition by which an applicant hands a dossier in."""
    return next(
        (
            transition
            for transition in workflow.transitions.values()
            if transition.by == APPLICANT and workflow.begins_in in transition.sources and transition.window
        ),
        None,
    )


def find_place(scene: Scene, person_id: int | None, number: str | None = None) -> Place:
    """The round of a scene, with a dossier of it, for a person or for anybody. Raises NotThere for no such dossier."""
    dossier = None
    if number is not None:
        try:
            dossier = scene.dossier(number)
        except Unknown as unknown:
            raise NotThere from unknown
    dossier_id = the_id(dossier) if dossier else None
    standing = Standing() if person_id is None else standing_of(scene.session, scene.round_id, person_id, dossier_id)
    calendar = scene.calendar_of(dossier) if dossier else scene.calendar
    scopes = scopes_of_dossier(scene.session, scene.workflow, dossier) if dossier else {}
    return Place(scene.round, scene.programme, calendar, standing, dossier, scene.changed_at, scopes)


def scene_of(cycle: Cycle, session: Session, key: str, now: int) -> Scene:
    """A round as it stands. Raises NotThere when no round of that name is open."""
    try:
        return cycle.look(session, key, now)
    except Unknown as unknown:
        raise NotThere from unknown
