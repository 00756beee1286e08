"""What do people do in the demonstration, beside what they do in every rehearsal?

What makes a selection worth looking at: a dossier that came in after an extension, a draft that has been given time and
asks for more, a member who has not read everything, dossiers without a verdict, a letter that nobody got and one held.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from engine.cycle import Cycle, Upload
from engine.database.connection import Database
from engine.database.looking import letters
from engine.database.store import find_round, the_id
from engine.rehearsal.acting import Actors
from engine.rehearsal.acts import ANSWER, CONTACT, OUTAGE, SCORE, START, Act
from engine.rehearsal.decisions import approved_at, decisions
from engine.rehearsal.hours import DAY, HOUR, MINUTE, part
from engine.rehearsal.invented import InventedRound
from engine.rehearsal.inventing import Invented, invented_file
from engine.rehearsal.playing import Step
from engine.rehearsal.watching import View
from engine.rules.moments import SECOND, from_instant
from engine.rules.roles import observer_of
from engine.rules.round import Round
from engine.rules.workflow import Workflow
from grantcycle.demo.relay import Relay
from notifications.desk import Desk

INVENTED, SEED, CONFLICTS = 61, 7, 3
"""with the one that had more time they are 62"""
UNREAD = 4
"""dossiers that one member has not marked"""
UNDECIDED = 3
CLOSE, SUBMIT = "call closes", "submit"


@dataclass(frozen=True, slots=True)
class Late:
    """An applicant who does not manage in time, and says why."""

    organisation: str
    contact: Invented
    title: str
    practice: str
    partner: str
    amount: int
    reason: str


FANFARE = Late(
    "Fanfare De Ommekaar", Invented("Mieke Roelzande", "mieke-roelzande@fanfare-de-ommekaar.example", "nl"),
    "Wie mee wil blazen",
    "Een fanfare die al negentig jaar voor eigen volk speelde, leert spelen met wie pas in de straat woont.\n\n"
    "Vier componisten schrijven telkens een mars met tien mensen uit het opvangcentrum; we lopen ze op straat.",
    "Opvangcentrum van het Rode Kruis", 38_500,
    "Onze penningmeester is onverwacht opgenomen, en zonder haar krijgen wij de begroting niet rond.",
)  # fmt: skip
QUAIS = Late(
    "Compagnie des Quais", Invented("Odile Marchevelle", "odile-marchevelle@compagnie-des-quais.example", "fr"),
    "Ce que le fleuve emporte",
    "Des bateliers retraités et des jeunes du quartier montent ensemble un spectacle sur la péniche qui les relie.\n\n"
    "Nous répétons à quai, et chaque répétition est ouverte à qui passe.",
    "Maison de jeunes du quai", 42_000,
    "La péniche où sont nos ordinateurs et nos papiers a pris l'eau; tout est au séchage.",
)  # fmt: skip
COMMENTS = (
    "Sterk verankerd in de wijk; laat de deelnemers ook de affiche maken.",
    "Le projet sait à qui il s'adresse. Dites plus clairement qui décide.",
    "De tweede fase is dun beschreven: wat blijft er als de kunstenaar weg is?",
    "Une équipe solide, un budget qui l'est moins.",
)
NOTE = "Vragen naar de vergoeding van de deelnemers."


class Selection(InventedRound):
    """The acts of a round with 61 dossiers, in which one member has not marked the first few."""

    def __init__(self, workflow: Workflow, round: Round) -> None:
        super().__init__(workflow, round, dossiers=INVENTED, seed=SEED, conflicts=CONFLICTS)
        ((self.committee, scope),) = self.setting.members
        self.members = self.setting.members[self.committee, scope]
        self.observer = observer_of(self.committee)
        self.slow = self.members[1]
        self.unread: list[str] = []

    def take(self, view: View) -> Sequence[Act]:
        return [act for act in super().take(view) if act.what != OUTAGE and not self._left(act)]

    def _left(self, act: Act) -> bool:
        """Whether this is a mark that the slow member has not given."""
        if act.what != SCORE or act.who != self.slow.email:
            return False
        if len(self.unread) < UNREAD:
            self.unread.append(act.number)
        return act.number in self.unread


class Doers(Actors):
    """Members answer that nothing ties them to a dossier before they mark it, as the pages have them do.

    Two dossiers are there of which the plan knows nothing: only while it hands in does it count its own.
    """

    def number(self, act: Act) -> str:
        return super().number(act) if act.what in (START, CONTACT, ANSWER, SUBMIT) else act.number

    def perform(self, act: Act) -> None:
        if act.what == SCORE:
            self.cycle.declare_clear(self.round_key, self.number(act), by=act.who, now=act.instant)
        super().perform(act)


class Happenings:
    """What happens at which instant, up to `now`; each is done once the play has come so far."""

    def __init__(self, database: Database, cycle: Cycle, script: Selection, relay: Relay, now: int) -> None:
        self._database = database
        self._cycle = cycle
        self._script = script
        self._relay = relay
        self._setting = script.setting
        self._key = self._setting.calendar.round.key
        self._staff = self._setting.staff[0].email
        self._numbers: dict[str, str] = {}
        self._colleagues: list[str] = []
        submit = self._setting.workflow.transitions[SUBMIT]
        assert submit.window is not None
        window = self._setting.calendar.window(submit.window)
        self._closes = window[1]
        self._last_day = from_instant(window[1] - SECOND, self._setting.calendar.zone).date()
        decision = decisions(self._setting)[0]
        self._effect = decision.effect
        today = from_instant(decision.effect, self._setting.calendar.zone).date()
        planned: list[tuple[int, Callable[[int], None]]] = [
            (part(window, 0.7), lambda at: self._begin(FANFARE, at)),
            (part(window, 0.8), lambda at: self._begin(QUAIS, at)),
            (self._closes - 30 * HOUR, lambda at: self._gives_time(FANFARE, self._last_day + timedelta(days=4), at)),
            (self._closes - 28 * HOUR, lambda at: self._gives_time(QUAIS, today + timedelta(days=2), at)),
            (self._closes + 60 * HOUR, self._hands_in_late),
            (part(decision.span, 0.57), self._comment),
            (approved_at(self._setting, decision.effect) - 30 * MINUTE, self._are_not_sure),
            (self._closes - HOUR, lambda _at: self._relay.closed.update(self._colleagues[:1])),
            (self._effect - 2 * DAY, lambda _at: self._relay.full.add(QUAIS.contact.email)),
            (now - 2 * HOUR, self._hold),
            (now - 40 * MINUTE, self._asks_again),
        ]
        self._planned = sorted(((at, what) for at, what in planned if at <= now), key=lambda one: one[0])
        for at, _ in self._planned:
            script.at(at, lambda _view, _now: ())  # so that the play comes by

    def see(self, step: Step) -> None:
        """Do what was planned until then."""
        self._colleagues += [one.act.values["email"] for one in step.played if one.act.what == CONTACT]
        while self._planned and self._planned[0][0] <= step.now:
            self._planned.pop(0)[1](step.now)

    # ── Late applicants ─────────────────────────────────────────────────────

    def _begin(self, late: Late, now: int) -> None:
        who = late.contact
        number = self._cycle.start_dossier(
            self._key, organisation=late.organisation, email=who.email, name=who.name, language=who.language,
            by=who.email, now=now,
        )  # fmt: skip
        self._numbers[late.organisation] = number
        self._cycle.answer(self._key, number, {"title": late.title, "partner": late.partner}, by=who.email, now=now)

    def _gives_time(self, late: Late, day: date, now: int) -> None:
        """They ask for a later day, and staff grant it in the afternoon."""
        request = self._ask(late, day, late.reason, now)
        self._cycle.answer_extension(
            self._key, request, granted=True, words="", by=self._staff, now=now + 3 * HOUR
        )  # fmt: skip

    def _ask(self, late: Late, day: date, reason: str, now: int) -> int:
        return self._cycle.ask_extension(
            self._key, self._numbers[late.organisation], of=CLOSE, to=day, reason=reason, by=late.contact.email, now=now
        )

    def _hands_in_late(self, now: int) -> None:
        number, by = self._numbers[FANFARE.organisation], FANFARE.contact.email
        plan = Upload("wie-mee-wil-blazen.pdf", invented_file("wie-mee-wil-blazen.pdf", number))
        answers = {"practice": FANFARE.practice, "amount": FANFARE.amount}
        self._cycle.answer(self._key, number, answers, by=by, now=now, files={"plan": plan})
        self._cycle.act(self._key, number, SUBMIT, by=by, now=now + 5 * MINUTE)

    def _asks_again(self, now: int) -> None:
        """The draft has its words, and not yet its plan."""
        number, by = self._numbers[QUAIS.organisation], QUAIS.contact.email
        self._cycle.answer(
            self._key, number, {"practice": QUAIS.practice, "amount": QUAIS.amount}, by=by, now=now - 10 * MINUTE
        )
        day = from_instant(self._effect, self._setting.calendar.zone).date() + timedelta(days=9)
        self._ask(QUAIS, day, "Le plan du projet est illisible; une semaine encore et nous l'avons refait.", now)

    # ── The committee ───────────────────────────────────────────────────────

    def _comment(self, now: int) -> None:
        """Members add a few words to the applicant, and a note for themselves."""
        members = self._script.members
        with self._looking() as view:
            standing = view.dossiers_in(["in_preselection"])
        for place, (dossier, words) in enumerate(zip(standing[UNREAD + 4 :], COMMENTS, strict=False)):
            by = members[place % 2].email
            self._cycle.comment(self._key, dossier.number, words, to="applicant", by=by, now=now)
            self._cycle.comment(self._key, dossier.number, NOTE, to="committee", by=by, now=now)

    def _are_not_sure(self, now: int) -> None:
        """The chair takes back a few refusals, to hear the member who has not read them yet."""
        chair = self._script.members[0]
        with self._looking() as view:
            verdicts = view.verdicts()
        refused = [number for number in self._script.unread if verdicts.get(number) == "pass_over"]
        for number in refused[:UNDECIDED]:
            self._cycle.withdraw_verdict(self._key, number, by=chair.email, now=now)

    # ── Letters: one colleague's mailbox is closed, and the draft's is full these days ──

    def _hold(self, now: int) -> None:
        """Staff hold the reminder that has not reached the applicant, who has called meanwhile."""
        with self._database.reading() as session:
            round_id = the_id(find_round(session, self._key))
            waiting = [one.id for one in letters(session, round_id, "retry") if one.address == QUAIS.contact.email]
        for letter in waiting:
            Desk(self._database).hold(letter, by=self._staff, now=now)

    @contextmanager
    def _looking(self) -> Iterator[View]:
        with self._database.reading() as session:
            yield View(session, self._setting.workflow, the_id(find_round(session, self._key)))
