"""How does the small programme go, by its description alone?

Written from the design and the format's documentation: plain Python, no database, nothing of the engine. It knows one
round, that of `small-2030.toml`, and is told every act and every ring of the alarm. What it says is compared with what
the product does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
SECOND = 1_000_000
STAFF, CHAIR, MEMBER, THIRD, PUBLIC = "staff", "chair", "member", "third", "public"
JURY = (CHAIR, MEMBER, THIRD)
END = ("done", "declined", "lapsed", "withdrawn", "stopped")
PLACES, QUORUM = 2, 2
GRACE, SETTLE = 60 * SECOND, 30 * SECOND
Codes = tuple[str, ...]
Told = tuple[str, str, tuple[str, ...]]
"""who, which letter, about which dossiers"""


def at(day: date, hour: int = 0) -> int:
    return int(datetime.combine(day, time(hour), tzinfo=ZONE).timestamp()) * SECOND


def morning(day: date) -> int:
    """People hear at nine."""
    return at(day, 9)


CALL_OPENS, CALL_ENDS = date(2030, 1, 7), date(2030, 3, 1)
READING, NOTICE, KICK_OFF, WORK = date(2030, 3, 4), date(2030, 4, 5), date(2030, 5, 8), date(2030, 6, 3)
YEARS = ((1, date(2030, 6, 3), date(2031, 6, 2)), (2, date(2031, 6, 3), date(2032, 6, 2)))
DAY = timedelta(days=1)
RANK = ("call closes", "verdicts", "lapse", "take_up", "start", "call opens", "unfinished 1", "unfinished 2",
        "undecided", "promise", "overdue", "remind")  # fmt: skip
"""what comes first at one instant"""


def _wait(key: tuple[str, ...]) -> int:
    """How long the calendar waits after a close: for whoever is in time, and for the machine."""
    if key[0] in ("call closes", "lapse", "take_up"):
        return GRACE + SETTLE
    return SETTLE if key[0] == "overdue" else 0


@dataclass
class Owed:
    opens: int
    last_day: date
    state: str = "open"


@dataclass
class Dossier:
    number: str
    contact: str
    complete: bool
    state: str = "draft"
    been: set[str] = field(default_factory=lambda: {"draft"})
    conflicts: set[str] = field(default_factory=set)
    recommended: bool = False
    verdict: tuple[str, str] | None = None
    """the decision that stands, and the chair who entered it (nobody when staff minuted it)"""
    attended: bool = False
    came: bool = False
    owes: dict[tuple[str, int], Owed] = field(default_factory=dict)
    received: int = 0


class Round:
    """One round: `now` goes forward only, and what was due before an act has happened before it."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.dossiers: dict[str, Dossier] = {}
        self.told: list[Told] = []
        self.extensions: list[tuple[str | None, date]] = []
        self.approvals: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        self.waits = False
        """whether the verdicts' day has come and nobody has released them"""
        self.done: set[tuple[str, ...]] = set()
        self.own: dict[tuple[str, ...], int] = {}
        """what has become one dossier's own, by an extension or an obligation, and as of when it happens"""
        self.held_back: set[str] = set()

    # ── The calendar ─────────────────────────────────────────────────────────

    def call_ends(self, number: str | None = None) -> date:
        """The last day of the call, for all or for one; more time for one is not taken back by less for all."""
        ends, has_own = CALL_ENDS, False
        for who, day in self.extensions:
            if who is not None and who == number:
                ends, has_own = day, True
            elif who is None and not (has_own and ends >= day):
                ends = day
        return ends

    def _of_the_call(self, number: str | None = None) -> dict[tuple[str, ...], int]:
        ends = self.call_ends(number)
        tail = (number,) if number else ()
        return {
            ("unfinished 1", *tail): morning(ends - 14 * DAY), ("unfinished 2", *tail): morning(ends - 3 * DAY),
            ("call closes", *tail): at(ends + DAY), ("lapse", *tail): at(ends + DAY),
            ("take_up", *tail): at(ends + DAY),
        }  # fmt: skip

    def _agenda(self) -> dict[tuple[str, ...], int]:
        """Everything to come, and as of when, in the order in which things of one instant happen."""
        fixed = {
            ("call opens",): morning(CALL_OPENS), ("undecided",): morning(NOTICE - 3 * DAY),
            ("verdicts",): morning(NOTICE), ("promise",): morning(NOTICE + DAY), ("start",): at(WORK),
        }  # fmt: skip
        return {**self._of_the_call(None), **fixed, **self.own}

    def catch_up(self) -> None:
        while True:
            ready = []
            for key, due in self._agenda().items():
                fires = due + _wait(key)
                if fires <= self.now and key not in self.done and not (key == ("verdicts",) and self.waits):
                    ready.append((fires, RANK.index(key[0]), due, key))
            if not ready:
                return
            *_, due, key = min(ready)
            if self._fires(key, due):
                self.done.add(key)

    def _fires(self, key: tuple[str, ...], due: int) -> bool:
        what, whose = key[0], key[1:]
        concerned = sorted(
            (
                one
                for one in self.dossiers.values()
                if (one.number in whose if whose else (what, one.number) not in self.own)
            ),
            key=lambda one: (one.received, one.number),
        )
        if what == "verdicts":
            if self.batch() and not self._released():
                self.waits = True
                return False
            self.waits = False
            self._take_effect(due)
        elif what == "lapse":
            moved = [one for one in concerned if one.state == "draft"]
            self._enter_all(moved, "lapsed", due, {"applicant": "draft-lapsed"})
        elif what == "take_up":
            moved = [one for one in concerned if one.state == "handed"]
            self._enter_all(moved, "read", due, {"applicant": "being-read", "jury": "to-read"})
        elif what == "start":
            self._start([one for one in concerned if one.state == "chosen"], due)
        elif what == "call opens":
            self.told.append((PUBLIC, "call-opens", ()))
        elif what.startswith("unfinished"):
            following = self._of_the_call(*whose)
            if self.now < min(one for name, one in following.items() if name[0] != "lapse" and one > due):
                self._tell([one for one in concerned if one.state == "draft"], {"applicant": "unfinished"})
        elif what == "undecided":
            if self.now < at(NOTICE):
                left = [one for one in concerned if one.state == "read" and one.verdict is None]
                self._tell(left, {"jury": "undecided", "staff": "undecided"})
        elif what == "promise":
            self._tell([one for one in concerned if one.state == "read"], {"staff": "promise-at-risk"})
        elif what == "overdue":
            (dossier,) = concerned
            for owed in dossier.owes.values():
                if owed.state == "open" and at(owed.last_day + DAY) == due and dossier.state not in END:
                    owed.state = "overdue"
        elif what == "remind":
            self._remind(self.dossiers[key[1]], due)
        return True

    def _remind(self, dossier: Dossier, due: int) -> None:
        spans = {"kick_off": (7, 2), "report": (30, 7), "accounts": (7,)}
        if dossier.state in END:
            return
        worth, reminded = 0, False
        for (name, _), owed in dossier.owes.items():
            mornings = sorted(morning(owed.last_day - days * DAY) for days in spans[name])
            if owed.state != "open" or due not in mornings:
                continue
            later = [one for one in mornings if one > due]
            worth = max(worth, min([*later, at(owed.last_day + DAY)]))
            # after an outage the last reminder of several says it all
            reminded = reminded or due == max(one for one in mornings if one <= self.now)
        if reminded and self.now < worth:
            self.told.append((dossier.contact, "obligation-reminder", (dossier.number,)))

    # ── What follows from a move ─────────────────────────────────────────────

    def _tell(self, about: Iterable[Dossier], letters: dict[str, str]) -> None:
        about = list(about)
        for role, letter in letters.items():
            if role == "applicant":
                self.told += [(one.contact, letter, (one.number,)) for one in about]
                continue
            for person in (STAFF,) if role == "staff" else JURY:
                seen = tuple(one.number for one in about if person not in one.conflicts)
                if seen:
                    self.told.append((person, letter, seen))

    def _enter(self, dossier: Dossier, state: str, due: int) -> None:
        dossier.state = state
        dossier.been.add(state)
        if state == "chosen" and ("kick_off", 1) not in dossier.owes:
            self._owe(dossier, ("kick_off", 1), Owed(at(KICK_OFF), KICK_OFF), (7, 2), due)
        if state == "working":
            for position, opens, last in YEARS:
                self._owe(dossier, ("report", position), Owed(at(opens), last), (30, 7), due)
                self._owe(dossier, ("accounts", position), Owed(at(opens), last), (7,), due)

    def _owe(self, dossier: Dossier, name: tuple[str, int], owed: Owed, spans: Iterable[int], since: int) -> None:
        dossier.owes[name] = owed
        self.own["overdue", dossier.number, str(owed.last_day)] = at(owed.last_day + DAY)
        for days in spans:
            instant = morning(owed.last_day - days * DAY)
            if instant >= since:
                self.own["remind", dossier.number, str(instant)] = instant

    def _enter_all(self, moved: list[Dossier], state: str, due: int, letters: dict[str, str]) -> None:
        for one in moved:
            self._enter(one, state, due)
        self._tell(moved, letters)

    def _start(self, moved: list[Dossier], due: int) -> None:
        """Work begins for whoever came to the kick-off; staff hear once about the others."""
        started = [one for one in moved if one.attended]
        missed = [one for one in moved if not one.attended and one.number not in self.held_back]
        self.held_back |= {one.number for one in missed}
        self._enter_all(started, "working", due, {"applicant": "started"})
        self._tell(missed, {"staff": "kick-off-missed"})

    def _late_moves(self, due: int | None = None) -> None:
        """What the calendar has done already takes up who arrives late, as soon as its guard holds."""
        if ("start",) in self.done:
            waiting = [one for one in self.dossiers.values() if one.state == "chosen"]
            self._start(waiting, self.now if due is None else due)

    # ── Verdicts ─────────────────────────────────────────────────────────────

    def batch(self) -> frozenset[tuple[str, str]]:
        """What is held: which dossier, which decision."""
        return frozenset((one.number, one.verdict[0]) for one in self.dossiers.values() if one.verdict)

    def _released(self) -> bool:
        return any(shown == self.batch() for _, shown in self.approvals)

    def places_held(self, besides: str = "") -> int:
        """Places of "chosen": given and not freed by a withdrawal, or promised by a verdict that stands."""
        return sum(
            one.number != besides
            and (
                ("chosen" in one.been and one.state != "withdrawn")
                or (one.state == "read" and one.verdict is not None and one.verdict[0] == "choose")
            )
            for one in self.dossiers.values()
        )

    def _take_effect(self, due: int, only: Dossier | None = None) -> None:
        moved: dict[str, list[Dossier]] = {"choose": [], "decline": []}
        held = []
        for dossier in [only] if only else sorted(self.dossiers.values(), key=lambda one: one.number):
            if dossier.verdict is None:
                continue
            (decision, chair), dossier.verdict = dossier.verdict, None
            fails = dossier.state != "read" or chair in dossier.conflicts
            if fails or (decision == "choose" and not dossier.recommended):
                held += [dossier] if decision == "choose" else []
            else:
                moved[decision].append(dossier)
        self._tell(held, {"staff": "verdict-held-back"})
        self._enter_all(moved["choose"], "chosen", due, {"applicant": "granted", "jury": "granted-list"})
        self._enter_all(moved["decline"], "declined", due, {"applicant": "not-granted"})
        self._late_moves(due)

    # ── Acts: each gives the codes of the reasons against it, none when it was done ──

    def _window(self, opens: int, closes: int, grace: int = 0) -> Codes:
        if self.now < opens:
            return ("early",)
        return () if self.now < closes + grace else ("late",)

    def start(self, who: str, number: str, complete: bool) -> Codes:
        codes = self._window(at(CALL_OPENS), at(self.call_ends() + DAY), GRACE)
        if not codes:
            self.dossiers[number] = Dossier(number, who, complete)
        return codes

    def submit(self, one: Dossier, by: str) -> Codes:
        codes = (
            *(() if by == one.contact else ("role",)), *(() if one.state == "draft" else ("state",)),
            *self._window(at(CALL_OPENS), at(self.call_ends(one.number) + DAY), GRACE),
            *(() if one.complete else ("form", "form")),
        )  # fmt: skip
        if not codes:
            one.received = self.now
            self._enter_all([one], "handed", self.now, {"applicant": "received"})
            self._late_moves()
        return codes

    def recommend(self, one: Dossier, by: str) -> Codes:
        decided = one.state == "read"
        codes: Codes = () if decided else ("state",)
        if decided and by != STAFF:
            codes += ("role",) if by not in JURY else ("conflict",) if by in one.conflicts else ()
        if not codes:
            one.recommended = True
            self._late_moves()
        return codes

    def conflict(self, one: Dossier, by: str) -> Codes:
        codes = (*(() if by in JURY else ("role",)), *(("conflict",) if by in one.conflicts else ()))
        if not codes:
            one.conflicts.add(by)
        return codes

    def verdict(self, one: Dossier, decision: str, by: str, *, reason: bool) -> Codes:
        window = self._window(at(READING), at(NOTICE))
        if window == ("late",) and by == STAFF:
            window = () if reason else ("reason",)
        may: Codes = ()
        if by != STAFF:
            may = ("role",) if by != CHAIR else ("conflict",) if CHAIR in one.conflicts else ()
        codes = (*may, *(() if one.state == "read" else ("state",)), *window)
        codes += ("quorum",) if len(set(JURY) - one.conflicts) < QUORUM else ()
        if decision == "choose":
            codes += () if one.recommended else ("recommendation",)
            codes += ("at_most",) if self.places_held(one.number) >= PLACES else ()
        if not codes:
            one.verdict = (decision, by if by == CHAIR else "")
            if ("verdicts",) in self.done:
                self._take_effect(self.now, one)
            self._late_moves()
        return codes

    def approve(self, by: str) -> Codes:
        codes = (*(() if by == STAFF else ("role",)), *(() if self.batch() else ("empty",)))
        codes += ("approved",) if (by, self.batch()) in self.approvals else ()
        if not codes:
            self.approvals.add((by, self.batch()))
            if self.waits:
                self.waits = False
                self.done.add(("verdicts",))
                self._take_effect(self.now)
        return codes

    def revoke(self, by: str) -> Codes:
        mine = {approval for approval in self.approvals if approval[0] == by}
        codes = (*(() if by == STAFF else ("role",)), *(() if mine else ("approved",)))
        codes += ("gone",) if ("verdicts",) in self.done else ()
        if not codes:
            self.approvals -= mine
        return codes

    def attend(self, one: Dossier, by: str) -> Codes:
        owed = one.owes.get(("kick_off", 1))
        opens = owed is not None and owed.state in ("open", "overdue") and owed.opens <= self.now
        codes = (*(() if by == STAFF else ("role",)), *(() if "chosen" in one.been else ("state",)),
                 *(("early",) if self.now < at(KICK_OFF) else ()),
                 *(("attended",) if one.came and not opens else ()))  # fmt: skip
        if not codes:
            one.attended = one.came = True
            if owed and opens:
                owed.state = "fulfilled"
            self._late_moves()
        return codes

    def excuse(self, one: Dossier, name: str, by: str) -> Codes:
        known = [owed for (of, _), owed in sorted(one.owes.items(), key=lambda item: item[0][1]) if of == name]
        left = [owed for owed in known if owed.state in ("open", "overdue")]
        codes = (*(() if by == STAFF else ("role",)), *(() if left else ("obligation",)))
        if not codes:
            left[0].state = "excused"
            one.attended = one.attended or name == "kick_off"
            self._tell([one], {"applicant": "obligation-excused"})
            self._late_moves()
        return codes

    def deliver(self, one: Dossier, name: str, by: str) -> Codes:
        left = [
            owed for (of, _), owed in sorted(one.owes.items(), key=lambda item: item[0][1])
            if of == name and owed.state in ("open", "overdue") and owed.opens <= self.now
        ]  # fmt: skip
        codes = (*(() if by in (STAFF, one.contact) else ("role",)), *(() if left else ("obligation",)))
        if not codes:
            left[0].state = "fulfilled"
            self._late_moves()
        return codes

    def move(self, one: Dossier, name: str, by: str, *, reason: bool) -> Codes:
        """Finish, withdraw or stop."""
        froms = {
            "finish": ("working",), "withdraw": ("draft", "handed", "read", "chosen"), "stop": ("chosen", "working"),
        }  # fmt: skip
        who = one.contact if name == "withdraw" else STAFF
        codes = (*(() if by == who else ("role",)), *(() if one.state in froms[name] else ("state",)))
        if name == "finish":
            codes += ("fulfilled",) * sum(owed.state in ("open", "overdue") for owed in one.owes.values())
        if name == "stop":
            codes += () if reason else ("reason",)
        if not codes:
            ends: dict[str, tuple[str, dict[str, str]]] = {
                "finish": ("done", {"applicant": "finished"}), "stop": ("stopped", {"applicant": "stopped"}),
                "withdraw": ("withdrawn", {"applicant": "withdrawn", "staff": "was-withdrawn"}),
            }  # fmt: skip
            state, letters = ends[name]
            self._enter_all([one], state, self.now, letters)
            self._late_moves()
        return codes

    def extend(self, one: Dossier | None, to: date, by: str) -> Codes:
        """More or less time until the call closes, for all or for one."""
        if by != STAFF:
            return ("role",)
        number = one.number if one else None
        key: tuple[str, ...] = ("call closes",)
        if one and ("call closes", one.number) in self.own:
            key = ("call closes", one.number)
        codes = (*(("past",) if at(to + DAY) <= self.now else ()), *(("same",) if to == self.call_ends(number) else ()),
                 *(("fired",) if key in self.done else ()))  # fmt: skip
        if codes:
            return codes
        concerned = [one] if one else [each for each in self.dossiers.values() if each.state == "draft"]
        before = {each.number: self.call_ends(each.number) for each in concerned}
        self.extensions.append((number, to))
        for mine in [number] if number else {who for who, _ in self.extensions if who}:
            for due_key, due in self._of_the_call(mine).items():
                # what the round has done already is not done again for an instant that is past
                if due_key not in self.done and (due + _wait(due_key) > self.now or due_key[:1] not in self.done):
                    self.own[due_key] = due
        moved = [each for each in concerned if self.call_ends(each.number) != before[each.number]]
        self._tell(moved, {"applicant": "deadline-extended"})
        return ()
