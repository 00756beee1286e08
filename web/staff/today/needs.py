"""What needs somebody on staff, most urgent first, each with the one thing to do about it?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.database.calendars import extended
from engine.database.pages.calls import OpenRound
from engine.database.pages.late import Late
from engine.database.pages.today import Batch, Stuck, Waiting
from engine.database.records import ExtensionRow
from engine.files.reading import Programme
from engine.rules.agenda import batch_name, batch_of, effect_at
from engine.rules.assessing import assessment_in
from engine.rules.lateness import term_of
from engine.rules.moments import Calendar
from engine.rules.workflow import Assessment, Promise, Transition, Workflow
from web import dates
from web.ask import Ask

DAY = 86_400_000_000
SOON = 7 * DAY
"""from here on a promise is at risk while somebody still waits, and a date is told of (microseconds)"""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing: how urgent (the lowest `rank` first, then the earliest), what, why, and what to do about it."""

    rank: int
    at: int
    tone: str
    icon: str
    what: str
    why: str
    label: str
    href: str
    round: str = ""


@dataclass(frozen=True)
class Run:
    """A round that somebody runs, with its rules and its dates as they are now."""

    round: OpenRound
    programme: Programme
    calendar: Calendar
    language: str

    @property
    def workflow(self) -> Workflow:
        return self.programme.rules_of(self.round.name)

    @property
    def title(self) -> str:
        return self.said(self.programme.rounds[self.round.name].title)

    @property
    def path(self) -> str:
        return f"/staff/{self.round.key}"

    def said(self, text: str) -> str:
        return self.programme.translate(text, self.language)

    def state(self, name: str) -> str:
        known = self.workflow.states.get(name)
        return self.said(known.title) if known else name

    def when(self, instant: int) -> str:
        return dates.moment(instant, self.round.timezone, self.language)


def run_of(ask: Ask, round: OpenRound, programme: Programme, moved: Sequence[ExtensionRow]) -> Run:
    """A round with the dates that were moved for all of it."""
    of = [row for row in moved if row.round_id == round.id]
    return Run(round, programme, extended(programme.rounds[round.name], of, None), ask.language)


def to_be_scored(run: Run, now: int) -> Iterator[tuple[str, Assessment]]:
    """Each state of which what members say is late now, and in which assessment they say it."""
    for state in run.workflow.states:
        one = assessment_in(run.workflow, state)
        if one and term_of(run.workflow, run.calendar, state).is_late(now):
            yield state, one


def _of_no_round(ask: Ask, runs: Sequence[Run], found: Waiting) -> Iterator[Need]:
    """Mail that answers no letter of a round: it is for whoever looks first."""
    if runs and (waits := found.mails.get(0)):
        count, since = waits
        what = ask.words.ngettext(
            "%(n)s mail answers no letter of ours", "%(n)s mails answer no letter of ours", count
        ) % {"n": count}  # fmt: skip
        why = ask.say("The oldest has waited since %(when)s.", when=runs[0].when(since))
        yield Need(4, since, "warn", "mail", what, why, ask.say("Read them"), f"{runs[0].path}/received")


def needs_of(ask: Ask, runs: Sequence[Run], found: Waiting, late: Sequence[Late]) -> list[Need]:
    """Everything, over all rounds."""
    needs: list[Need] = []
    for run in runs:
        needs += _of_round(ask, run, found, [one for one in late if one.round_id == run.round.id])
    needs += _of_no_round(ask, runs, found)
    return sorted(needs, key=lambda one: (one.rank, one.at))


def _of_round(ask: Ask, run: Run, found: Waiting, late: Sequence[Late]) -> Iterator[Need]:
    of = run.round.id
    yield from _batches(ask, run, found)
    for promise in run.workflow.promises.values():
        if need := _promise(ask, run, promise, found.states):
            yield need
    yield from _overdue(ask, run, found)
    yield from _to_pay(ask, run, found)
    yield from _handed_in(ask, run, found)
    for stuck in found.stuck:
        if stuck.round_id == of and (need := _stuck(ask, run, stuck)):
            yield need
    yield from _counted(ask, run, found)
    yield from _late(ask, run, late)


def _batches(ask: Ask, run: Run, found: Waiting) -> Iterator[Need]:
    """The letters of verdicts and moves that go only when somebody has approved them."""
    ngettext = ask.words.ngettext
    by_moment: dict[str, list[tuple[Transition, Batch]]] = {}
    for batch in found.batches:
        transition = run.workflow.transitions.get(batch.transition)
        if batch.round_id != run.round.id or transition is None or not transition.takes_effect:
            continue
        if moment := batch_of(transition):
            recurs = transition.effect is not None and transition.effect.phase == run.calendar.cut
            by_moment.setdefault(batch_name(moment, batch.intake if recurs else None), []).append((transition, batch))
    for moment, held in by_moment.items():
        needed = max(2 if one.release == "two people" else 1 for one, _ in held)
        changed = max(batch.changed_at for _, batch in held)
        given = sum(
            (of, name) == (run.round.id, moment) and at >= changed for of, name, at in found.approvals
        )  # fmt: skip
        if given >= needed:
            continue
        count = sum(batch.count for _, batch in held)
        takes_effect = held[0][0].effect
        calendar = run.calendar.of_batch(held[0][1].intake)
        at = effect_at(run.workflow, calendar, takes_effect) if takes_effect else ask.now
        what = ngettext(
            "%(n)s verdict waits until its letters are approved",
            "%(n)s verdicts wait until their letters are approved", count,
        ) % {"n": count}  # fmt: skip
        left = ngettext("%(n)s approval is missing", "%(n)s approvals are missing", needed - given) % {
            "n": needed - given
        }
        late = at <= ask.now
        why = ask.say("They should have left on %(when)s; %(left)s.", when=run.when(at), left=left) if late else (
            ask.say("They leave on %(when)s; %(left)s.", when=run.when(at), left=left)
        )
        rank = 0 if late else 2 if at - ask.now < 3 * DAY else 5
        yield Need(rank, at, "bad" if late else "warn", "mail", what, why, ask.say("Look at them"),
                   f"{run.path}/verdicts", run.title)  # fmt: skip


def _promise(ask: Ask, run: Run, promise: Promise, states: Mapping[tuple[int, str], int]) -> Need | None:
    if promise.before is None or promise.pay:
        return None
    waits = sum(states.get((run.round.id, state), 0) for state in promise.about)
    at = run.calendar.hearing(promise.before)
    if not waits or at - ask.now > SOON:
        return None
    what = ask.say("Promised by %(when)s: %(what)s", when=run.when(at), what=run.said(promise.title))
    why = ask.words.ngettext("%(n)s dossier still waits", "%(n)s dossiers still wait", waits) % {"n": waits}
    listed = "&".join(f"state={state}" for state in promise.about)
    rank, tone = (0, "bad") if at <= ask.now else (1, "warn") if at - ask.now < 2 * DAY else (3, "warn")
    href = f"{run.path}/dossiers?{listed}"
    return Need(rank, at, tone, "clock", what, why + ".", ask.say("See them"), href, run.title)


def _to_pay(ask: Ask, run: Run, found: Waiting) -> Iterator[Need]:
    """What was not paid in time, and what is to be paid soon."""
    late, soon, first = found.payments.get(run.round.id, (0, 0, 0))
    ngettext, path = ask.words.ngettext, f"{run.path}/payments?show="
    if late:
        what = ngettext("%(n)s payment is late", "%(n)s payments are late", late) % {"n": late}
        why = ask.say("The first was to be made by %(when)s.", when=run.when(first - 1))
        yield Need(1, first, "bad", "clock", what, why, ask.say("Pay them"), f"{path}late", run.title)
    if soon:
        what = ngettext("%(n)s payment is due this week", "%(n)s payments are due this week", soon) % {"n": soon}
        why = ask.say("It was promised.")
        yield Need(4, ask.now + SOON, "warn", "clock", what, why, ask.say("See them"), f"{path}to-pay", run.title)


def _overdue(ask: Ask, run: Run, found: Waiting) -> Iterator[Need]:
    counts = [
        (count, number) for (of, state), (count, number) in found.overdue.items()
        if of == run.round.id and state not in run.workflow.ends_in
    ]  # fmt: skip
    total = sum(count for count, _ in counts)
    if total:
        what = ask.words.ngettext(
            "%(n)s thing that is owed is overdue", "%(n)s things that are owed are overdue", total
        ) % {"n": total}  # fmt: skip
        one = min(number for _, number in counts)
        href = f"{run.path}/dossiers/{one}" if total == 1 else f"{run.path}/dossiers?only=overdue"
        yield Need(4, 0, "bad", "calendar", what, ask.say("Remind, excuse, or give more time."),
                   ask.say("See them"), href, run.title)  # fmt: skip


def _handed_in(ask: Ask, run: Run, found: Waiting) -> Iterator[Need]:
    """What applicants handed in, or proposed, and wait for our word on."""
    ngettext = ask.words.ngettext
    for waiting, path in ((found.reviews, "/obligations/review"), (found.proposals, "/obligations")):
        here = [
            one for (of, state), one in waiting.items() if of == run.round.id and state not in run.workflow.ends_in
        ]  # fmt: skip
        count, since = sum(number for number, _ in here), min((at for _, at in here), default=0)
        if not count:
            continue
        if waiting is found.reviews:
            what = ngettext("%(n)s report awaits review", "%(n)s reports await review", count) % {"n": count}
        else:
            what = ngettext(
                "%(n)s proposal of times waits for an answer", "%(n)s proposals of times wait for an answer", count
            ) % {"n": count}  # fmt: skip
        why = ask.say("The oldest is of %(when)s.", when=run.when(since))
        yield Need(6, since, "info", "half", what, why, ask.say("See them"), run.path + path, run.title)


def _stuck(ask: Ask, run: Run, stuck: Stuck) -> Need | None:
    transition = run.workflow.transitions.get(stuck.transition)
    if transition is None or stuck.state not in transition.sources:
        return None
    target = run.state(transition.target)
    what = ask.words.ngettext(
        "%(n)s dossier could not become “%(state)s”", "%(n)s dossiers could not become “%(state)s”", stuck.count
    ) % {"n": stuck.count, "state": target}  # fmt: skip
    since = ask.say("Held back since %(when)s.", when=run.when(stuck.since))
    if any("ties" in reason for reason in stuck.reasons):
        since += " " + ask.say("They tie for the last place: somebody decides.")
    href = f"{run.path}/dossiers/{stuck.number}" if stuck.count == 1 else f"{run.path}/dossiers?only=held"
    return Need(2, stuck.since, "bad", "lock", what, since, ask.say("See why"), href, run.title)


def _counted(ask: Ask, run: Run, found: Waiting) -> Iterator[Need]:
    of, ngettext = run.round.id, ask.words.ngettext
    if failed := found.letters.get((of, "failed"), 0):
        what = ngettext("%(n)s letter has failed", "%(n)s letters have failed", failed) % {"n": failed}
        yield Need(2, 0, "bad", "mail", what, ask.say("Somebody does not know what they should."),
                   ask.say("See why"), f"{run.path}/outbox?status=failed", run.title)  # fmt: skip
    if back := found.came_back.get(of, 0):
        what = ngettext("%(n)s letter came back", "%(n)s letters came back", back) % {"n": back}
        yield Need(2, 0, "bad", "mail", what, ask.say("Correct the address, and it goes again."),
                   ask.say("See which"), f"{run.path}/outbox?status=back", run.title)  # fmt: skip
    if waits := found.mails.get(of):
        count, since = waits
        what = ngettext("%(n)s mail waits for an answer", "%(n)s mails wait for an answer", count) % {"n": count}
        why = ask.say("The oldest has waited since %(when)s.", when=run.when(since))
        yield Need(3, since, "warn", "mail", what, why, ask.say("Read them"), f"{run.path}/received", run.title)
    if held := found.letters.get((of, "held"), 0):
        what = ngettext("%(n)s letter is held", "%(n)s letters are held", held) % {"n": held}
        yield Need(5, 0, "warn", "mail", what, ask.say("It leaves when somebody lets it go."),
                   ask.say("Look at them"), f"{run.path}/outbox?status=held", run.title)  # fmt: skip
    if open_ones := found.requests.get(of):
        count, since = open_ones
        what = ngettext(
            "%(n)s dossier asks for more time", "%(n)s dossiers ask for more time", count
        ) % {"n": count}  # fmt: skip
        why = ask.say("The oldest has waited since %(when)s.", when=run.when(since))
        yield Need(3, since, "warn", "clock", what, why, ask.say("Answer"), f"{run.path}/requests", run.title)
    if new := found.conflicts.get(of):
        count, number = new
        what = ngettext("%(n)s conflict was declared", "%(n)s conflicts were declared", count) % {"n": count}
        why = ask.say("Since you were last here; see whether enough members are left.")
        href = f"{run.path}/dossiers/{number}/scores" if count == 1 else f"{run.path}/committee"
        yield Need(4, 0, "info", "people", what, why, ask.say("See them"), href, run.title)


def _late(ask: Ask, run: Run, late: Sequence[Late]) -> Iterator[Need]:
    if late:
        people = list(dict.fromkeys(one.name for one in late))
        left = sum(one.left for one in late)
        what = ask.words.ngettext(
            "%(n)s member is late with what is asked of her", "%(n)s members are late with what is asked of them",
            len(people),
        ) % {"n": len(people)}  # fmt: skip
        named = ", ".join(people[:3]) + (" …" if len(people) > 3 else "")
        marks = ask.words.ngettext("%(n)s dossier is left", "%(n)s dossiers are left", left) % {"n": left}
        yield Need(3, 0, "warn", "people", what, f"{named}: {marks}.", ask.say("Remind them"),
                   f"{run.path}/committee", run.title)  # fmt: skip
