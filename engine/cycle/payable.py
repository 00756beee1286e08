"""What stands in the books of the dossiers that money is paid to, and what speaks against a payment?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.connection import in_parts
from engine.database.promised import STANDS, Rows, promised_to
from engine.database.records import DossierRow, PaymentRow, PersonRow, PromisedRow
from engine.database.standings import standings_of
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.rules.paying import from_cents, in_cents, promises_to_pay
from engine.rules.roles import Standing, must_be_staff
from engine.rules.typed import is_number

LONGEST = 140
"""characters of a reference, as many as a bank's own has"""


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment as somebody says it: to which dossier, of which promise and row, how much, on which day."""

    number: str
    promise: str
    amount: int | float
    day: date
    position: int = 1
    reference: str = ""

    @property
    def said(self) -> str:
        """The reference, its spaces made one."""
        return " ".join(self.reference.split())


Same = tuple[int, int, str, str]
"""what two payments have alike that may be one: the sum, cents, the day, the reference"""


@dataclass(frozen=True, slots=True)
class Books:
    """Some dossiers with what they were promised and paid; what is paid from here on counts at once."""

    scene: Scene
    person: PersonRow
    dossiers: Mapping[str, DossierRow]
    numbers: Sequence[str]
    """all that the round has, where one was named that it has not"""
    standings: Mapping[int, Standing]
    promised: Mapping[int, Rows]
    paid: Counter[int]
    """sum -> cents"""
    equal: Counter[Same]
    """the payments that stand there and that no payment of the list was found to be yet"""
    _of: dict[int, tuple[DossierRow, PromisedRow]] = field(default_factory=dict)

    def has(self, paid: Paid) -> bool:
        """Whether this payment stands there already; one that stands there is found once, by whoever may record it."""
        row = self._row(paid)
        if row is None or not is_number(paid.amount) or any(_against(self.standings[row.dossier_id])):
            return False
        same = (the_id(row), in_cents(paid.amount), paid.day.isoformat(), paid.said)
        if not self.equal[same]:
            return False
        self.equal[same] -= 1
        return True

    def of(self, payment: PaymentRow) -> tuple[DossierRow, PromisedRow]:
        """To which dossier a payment went, and of which sum."""
        return self._of[payment.promised_id]

    def pay(self, paid: Paid) -> tuple[PaymentRow, bool]:
        """A payment, to be written, and whether it is the last of its sum.

        Raises Unknown for a dossier or a promise that is not there, Refused with every reason.
        """
        scene, dossier = self.scene, self.dossiers.get(paid.number)
        if dossier is None:
            raise Unknown(f"dossier in {scene.round.key}", paid.number, self.numbers)
        known = [one.name for one in promises_to_pay(scene.workflow)]
        if paid.promise not in known:
            raise Unknown("promise to pay", paid.promise, known)
        refuse(_against(self.standings[the_id(dossier)]))
        row = self._row(paid)
        refuse([_not_owed(scene, dossier, row, paid)])
        assert row is not None
        left = row.cents - self.paid[the_id(row)]
        cents = in_cents(paid.amount) if is_number(paid.amount) else 0
        refuse([
            *_wrong_amount(row, paid.amount, cents, left),
            Refusal("day", f"{paid.day} is still to come", {"because": "to come", "day": paid.day.isoformat()})
            if paid.day > scene.day_of(scene.now) else None,
            Refusal("reference", f"a reference has {LONGEST} characters at most", {"most": LONGEST})
            if len(paid.said) > LONGEST else None,
        ])  # fmt: skip
        self.paid[the_id(row)] += cents
        self._of[the_id(row)] = dossier, row
        payment = PaymentRow(
            promised_id=the_id(row), cents=cents, day=paid.day.isoformat(), reference=paid.said,
            recorded_at=scene.now, recorded_by=the_id(self.person),
        )  # fmt: skip
        return payment, left == cents

    def _row(self, paid: Paid) -> PromisedRow | None:
        dossier = self.dossiers.get(paid.number)
        return self.promised.get(the_id(dossier), {}).get((paid.promise, paid.position)) if dossier else None


def books_of(scene: Scene, every: Sequence[Paid], *, by: str) -> Books:
    """The books of all dossiers that are to be paid, in a constant number of questions for some hundreds of them."""
    session, person = scene.session, scene.person(by)
    wanted = list(dict.fromkeys(one.number for one in every))
    dossiers = {one.number: one for one in _dossiers(scene, wanted)}
    ids = [the_id(one) for one in dossiers.values()]
    numbers: Sequence[str] = ()
    if len(dossiers) < len(wanted):
        numbers = session.exec(select(DossierRow.number).where(scene.in_round)).all()
    promised = {dossier: rows for some in in_parts(ids) for dossier, rows in promised_to(session, some).items()}
    paid: Counter[int] = Counter()
    equal: Counter[Same] = Counter()
    for same in _payments(scene, ids):
        paid[same[0]] += same[1]
        equal[same] += 1
    standings = standings_of(session, scene.round_id, the_id(person), ids)
    return Books(scene, person, dossiers, numbers, standings, promised, paid, equal)


def _dossiers(scene: Scene, numbers: Sequence[str]) -> Iterator[DossierRow]:
    for some in in_parts(numbers):
        yield from scene.session.exec(select(DossierRow).where(scene.in_round, col(DossierRow.number).in_(some)))


def _payments(scene: Scene, dossiers: Sequence[int]) -> Iterator[Same]:
    for some in in_parts(dossiers):
        yield from scene.session.exec(
            select(PaymentRow.promised_id, PaymentRow.cents, PaymentRow.day, PaymentRow.reference)
            .join(PromisedRow, col(PromisedRow.id) == col(PaymentRow.promised_id))
            .where(col(PromisedRow.dossier_id).in_(some), STANDS)
        )


def _against(standing: Standing) -> list[Refusal | None]:
    """Why somebody does not record what is paid to a dossier, whatever it is."""
    return [
        must_be_staff(standing),
        Refusal("conflict", "you have declared a conflict with this dossier") if standing.conflict else None,
        Refusal("conflict", "you speak for this dossier, and pay it nothing", {"because": "payment"})
        if standing.contact else None,
    ]  # fmt: skip


def _not_owed(scene: Scene, dossier: DossierRow, row: PromisedRow | None, paid: Paid) -> Refusal | None:
    title = scene.workflow.promises[paid.promise].title
    if dossier.state not in scene.workflow.promises[paid.promise].about:
        state = scene.workflow.states[dossier.state].title
        sentence = f'{dossier.number} is "{state}": "{title}" is not owed there'
        return Refusal("payment", sentence, {"because": "state", "promise": title, "state": state})
    if row is None or row.ended_at is not None:
        sentence = f'{dossier.number} was promised no row {paid.position} of "{title}"'
        return Refusal("payment", sentence, {"because": "none", "promise": title, "position": paid.position})
    if row.due_at is None:
        sentence = f'"{row.what or title}" of {dossier.number} is not to be paid yet: what it waits for has not come'
        return Refusal("payment", sentence, {"because": "waits", "promise": row.what or title})
    return None


def _wrong_amount(row: PromisedRow, amount: float, cents: int, left: int) -> list[Refusal | None]:
    exact = is_number(amount) and abs(amount * 100 - cents) < 0.001
    return [
        None if exact else Refusal("amount", f"{amount} is no amount in cents", {"because": "cents"}),
        Refusal("amount", "a payment is more than nothing", {"because": "nothing"}) if exact and cents <= 0 else None,
        Refusal(
            "amount", f"{amount} is more than the {from_cents(left)} that are left of {from_cents(row.cents)}",
            {"because": "more", "amount": amount, "amount_left": from_cents(left)},
        )
        if exact and cents > left else None,
    ]  # fmt: skip
