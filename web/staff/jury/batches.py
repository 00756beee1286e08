"""What is held until staff release it: what will happen, who is told, who has approved, and what came of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from engine.cycle import batches
from engine.cycle.batches import Held
from engine.cycle.foretelling import reasons_against_all
from engine.cycle.scene import Scene
from engine.database.pages import releases
from engine.database.pages.releases import Approval, Change, Gone, Moves, Named, Told
from engine.errors import Refusal, Refused
from web.ask import Ask
from web.committee.seat import called
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.words import batch_said, language_said, role_said, status_said

pages = Pages()
AT = "/staff/{programme}/{round}/verdicts"


@dataclass(frozen=True)
class Batch:
    """One batch as a page shows it."""

    name: str
    title: str
    path: str
    held: Held
    counts: Mapping[str, int]
    letters: Sequence[Told]
    gone: Gone | None
    approvals: Sequence[Approval]

    @property
    def is_over(self) -> bool:
        """Whether its moment has fired: nothing is held any more."""
        return self.gone is not None and self.gone.ended_at is not None

    @property
    def goes_at(self) -> int | None:
        """When it goes: what can be taken back is so until then."""
        return self.gone.due_at if self.gone else None

    @property
    def waits(self) -> bool:
        """Whether its moment is past, so that it goes with the last approval."""
        return bool(self.gone and self.gone.waits and self.gone.ended_at is None)

    @property
    def valid(self) -> Sequence[Approval]:
        """The approvals that are for exactly what is held now."""
        return [one for one in self.approvals if one.revoked_at is None and one.digest == self.held.digest]

    @property
    def void(self) -> Sequence[Approval]:
        """Those that were for something else, and that nobody took back."""
        valid = {one.person_id for one in self.valid}
        newest = {one.person_id: one for one in self.approvals if one.revoked_at is None}
        return [one for one in newest.values() if one.person_id not in valid]

    @property
    def is_last(self) -> bool:
        """Whether one more approval is all that is needed."""
        return self.held.needed - len(self.valid) == 1

    @property
    def goes_now(self) -> bool:
        """Whether the next approval lets it go at once, and nobody can take it back."""
        return self.waits and self.is_last

    def approved_by(self, person_id: int) -> bool:
        return any(one.person_id == person_id for one in self.valid)

    def may_revoke(self, person_id: int) -> bool:
        """Whether somebody has an approval that can be taken back."""
        standing = (one for one in self.approvals if one.revoked_at is None)
        return not self.is_over and any(one.person_id == person_id for one in standing)

    @property
    def unequal(self) -> Sequence[Told]:
        """Letters to applicants of which there are fewer than verdicts: nobody speaks for some of the dossiers."""
        return [
            one for one in self.letters
            if len(one.transitions) == 1 and one.dossiers != self.counts[one.transitions[0]]
        ]  # fmt: skip


def slug(batch: str) -> str:
    """A batch in an address: `recommendations-opens`."""
    return batch.replace(" ", "-")


def batch_path(ask: Ask, batch: str) -> str:
    return f"/staff/{ask.place.key}/verdicts/{slug(batch)}"


def moves_of(scene: Scene, batch: str) -> Moves:
    return Moves(scene.workflow, scene.round_id, batch, scene.when)


def look(ask: Ask, session: Session, scene: Scene, batch: str) -> Batch:
    """A batch as it stands: a few questions, however much it holds."""
    moves = moves_of(scene, batch)
    gone = releases.gone(session, moves)
    over = gone is not None and gone.ended_at is not None
    held = batches.held(scene, batch)
    return Batch(
        batch, batch_said(ask, batch), batch_path(ask, batch), held,
        releases.counts(session, moves), () if over else releases.letters(session, moves), gone,
        releases.approvals(session, scene.round_id, batch),
    )  # fmt: skip


def found(ask: Ask, scene: Scene) -> str:
    """The batch that the address names. Raises NotThere."""
    name = next((one for one in batches.batches(scene) if slug(one) == ask.params["batch"]), None)
    if name is None:
        raise NotThere
    return name


def scene_for(ask: Ask, session: Session) -> Scene:
    return ask.office.cycle.look(session, ask.place.key, ask.now)


@pages.get(AT, MANAGES)
def every(ask: Ask) -> Response:
    """The batches of the round, in the order in which they go."""
    with ask.reading() as session:
        scene = scene_for(ask, session)
        known = [look(ask, session, scene, name) for name in batches.begun(scene)]
    known.sort(key=lambda one: (one.goes_at or 0, one.name))
    return show(
        ask, "staff/jury/batches.html", batches=known, crumbs=crumbs(ask), call=lambda name: called(ask, name)
    )


def crumbs(ask: Ask) -> list[tuple[str, str]]:
    return [(ask.said(ask.place.round_title), f"/staff/{ask.place.key}")]


@pages.get(f"{AT}/{{batch}}", MANAGES)
def one(ask: Ask) -> Response:
    """What a batch holds, what it will cause, and who has approved it."""
    return _page(ask)


@pages.post(f"{AT}/{{batch}}", MANAGES)
def release(ask: Ask) -> Response:
    """Approve a batch as it was shown, or take one's approval back."""
    place, act = ask.place, ask.text("do", 20)
    with ask.reading() as session:
        scene = scene_for(ask, session)
        name = found(ask, scene)
        batch = look(ask, session, scene, name)
    if act == "take back":
        return _take_back(ask, batch)
    shown = ask.text("digest", 64)
    if batch.goes_now and shown == batch.held.digest and ask.text("count", 12).replace(" ", "") != str(batch.held.size):
        wrong = ask.say("Type %(n)s, the number of dossiers: this cannot be taken back.", n=batch.held.size)
        return _page(ask, 422, [wrong])
    try:
        ask.office.cycle.approve(place.key, name, by=ask.email, now=ask.now, shown=shown)
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, reason) for reason in refused.reasons])
    if batch.goes_now:
        return ask.go(batch.path, ask.say("Released: the verdicts have taken effect, and the letters leave now."))
    if batch.is_last:
        return ask.go(batch.path, ask.say("Approved. It goes at its moment; until then it can be taken back."))
    return ask.go(batch.path, ask.say("Approved. One more person must approve it."))


def _take_back(ask: Ask, batch: Batch) -> Response:
    try:
        ask.office.cycle.revoke(ask.place.key, batch.name, by=ask.email, now=ask.now)
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, reason) for reason in refused.reasons])
    return ask.go(batch.path, ask.say("Your approval is taken back."))


def _page(ask: Ask, status: int = 200, errors: Sequence[str] = ()) -> Response:
    person_id = somebody(ask).person_id
    with ask.reading() as session:
        scene = scene_for(ask, session)
        batch = look(ask, session, scene, found(ask, scene))
        moves = moves_of(scene, batch.name)
        back, doubtful = (0, ()) if batch.is_over else releases.held_back(session, moves, person_id)
        reasons = reasons_against_all(scene, moves, doubtful)
        undecided, waiting = (0, ()) if batch.is_over else releases.undecided(session, moves, person_id)
        changes = _changes(ask, session, moves, batch, person_id)
    return show(
        ask, "staff/jury/batch.html", status, batch=batch, crumbs=[*crumbs(ask), (ask.say("Verdicts"),
        f"/staff/{ask.place.key}/verdicts")], back=back, doubtful=_with_reasons(ask, doubtful, reasons),
        undecided=undecided, waiting=waiting, changes=changes, errors=list(errors), has_errors=bool(errors),
        call=lambda name: called(ask, name) if name in scene.workflow.transitions else name,
        role=lambda name: role_said(ask, name),
        status_of=lambda name: status_said(ask, name), language_of=lambda name: language_said(ask, name),
        mine=person_id,
    )  # fmt: skip


def _with_reasons(
    ask: Ask, doubtful: Sequence[Named], reasons: Mapping[str, Sequence[Refusal]]
) -> list[tuple[Named, list[str]]]:
    return [(one, [said_by(ask, reason) for reason in reasons.get(one.number, ())]) for one in doubtful]


def _changes(ask: Ask, session: Session, moves: Moves, batch: Batch, person_id: int) -> Sequence[Change]:
    """What has changed since somebody approved something else, or since this page was shown to whoever sent a form."""
    since = [one.at for one in batch.void]
    shown = ask.text("shown", 20)
    if ask.text("digest", 64) not in ("", batch.held.digest) and shown.isdecimal() and len(shown) < 18:
        since.append(int(shown))
    return releases.changes(session, moves, min(since), person_id) if since else ()
