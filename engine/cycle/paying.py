"""How is it recorded that money was paid which was promised, and that this was a mistake?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from engine.cycle.people import standing_of
from engine.cycle.promising import follow_promises
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.promised import STANDS, paid_of, promised_to
from engine.database.records import DossierRow, PaymentRow, PromisedRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.paying import from_cents, in_cents, promises_to_pay
from engine.rules.roles import must_be_staff
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


class NotAllPaid(Refused):
    """Some payments of a list are none, so nothing of it was recorded; `against` says why, by their place from 0."""

    def __init__(self, against: Mapping[int, Sequence[Refusal]]) -> None:
        self.against = {place: tuple(reasons) for place, reasons in against.items()}
        super().__init__(dict.fromkeys(reason for reasons in self.against.values() for reason in reasons))


def record_payment(scene: Scene, paid: Paid, *, by: str) -> PaymentRow:
    """Staff record that money was paid; with the last of it the promise is kept.

    Raises Unknown for a dossier or a promise that is not there, Refused with every reason: not staff, a conflict, no
    such row, not owed where the dossier stands, not accepted yet, more than is left, a day that is still to come.
    """
    person, dossier = scene.person(by), scene.dossier(paid.number)
    known = [one.name for one in promises_to_pay(scene.workflow)]
    if paid.promise not in known:
        raise Unknown("promise to pay", paid.promise, known)
    standing = standing_of(scene, person, dossier)
    refuse([
        must_be_staff(standing),
        Refusal("conflict", "you have declared a conflict with this dossier") if standing.conflict else None,
        Refusal("conflict", "you speak for this dossier, and pay it nothing", {"because": "payment"})
        if standing.contact else None,
    ])  # fmt: skip
    row = promised_to(scene.session, [the_id(dossier)]).get(the_id(dossier), {}).get((paid.promise, paid.position))
    refuse([_not_owed(scene, dossier, row, paid)])
    assert row is not None
    left = row.cents - paid_of(scene.session, [the_id(dossier)]).get(the_id(row), 0)
    cents = in_cents(paid.amount) if is_number(paid.amount) else 0
    reference = " ".join(paid.reference.split())
    refuse([
        *_wrong_amount(row, paid.amount, cents, left),
        Refusal("day", f"{paid.day} is still to come", {"because": "to come", "day": paid.day.isoformat()})
        if paid.day > scene.day_of(scene.now) else None,
        Refusal("reference", f"a reference has {LONGEST} characters at most", {"most": LONGEST})
        if len(reference) > LONGEST else None,
    ])  # fmt: skip
    payment = PaymentRow(
        promised_id=the_id(row), cents=cents, day=paid.day.isoformat(), reference=reference, recorded_at=scene.now,
        recorded_by=the_id(person),
    )  # fmt: skip
    scene.session.add(payment)
    scene.session.flush()
    point("payment written")
    follow_promises(scene, [the_id(dossier)])
    scene.note(
        "payment recorded", by, dossier=dossier, payment=the_id(payment), name=row.name, position=row.position,
        cents=cents, day=payment.day, reference=reference or None, kept=True if row.kept_at is not None else None,
    )  # fmt: skip
    return payment


def record_payments(scene: Scene, every: Sequence[Paid], *, by: str) -> tuple[int, int]:
    """Record a list of payments, all of it or nothing; gives how many are new, and how many were recorded already.

    What is recorded with the same day, amount and reference is the same payment. Raises NotAllPaid.
    """
    fresh = known = 0
    against: dict[int, Sequence[Refusal]] = {}
    for place, paid in enumerate(every):
        try:
            if _is_recorded(scene, paid):
                known += 1
                continue
            record_payment(scene, paid, by=by)
            fresh += 1
        except Refused as refused:
            against[place] = refused.reasons
        except Unknown as unknown:
            against[place] = [Refusal("payment", str(unknown), {"because": "unknown"})]
    if against:
        raise NotAllPaid(against)
    return fresh, known


def take_payment_back(scene: Scene, payment_id: int, *, reason: str, by: str) -> None:
    """Staff say that a payment was recorded by mistake, and why; what it paid is owed again.

    Taken back already, it stays so. Raises Unknown for a payment that the round does not have, Refused with every
    reason.
    """
    found = scene.session.exec(
        select(PaymentRow, PromisedRow, DossierRow)
        .join(PromisedRow, col(PromisedRow.id) == col(PaymentRow.promised_id))
        .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
        .where(col(PaymentRow.id) == payment_id, scene.in_round)
    ).first()
    if found is None:
        raise Unknown(f"payment in {scene.round.key}", str(payment_id))
    payment, row, dossier = found
    person, reason = scene.person(by), reason.strip()
    standing = standing_of(scene, person, dossier)
    refuse([
        must_be_staff(standing),
        Refusal("conflict", "you have declared a conflict with this dossier") if standing.conflict else None,
        None if reason or payment.taken_back_at is not None else
        Refusal("reason", "a written reason is required"),
    ])  # fmt: skip
    if payment.taken_back_at is not None:
        return
    payment.taken_back_at, payment.taken_back_by, payment.reason = scene.now, the_id(person), reason
    scene.session.add(payment)
    scene.session.flush()
    point("payment taken back")
    follow_promises(scene, [the_id(dossier)])
    scene.note(
        "payment taken back", by, dossier=dossier, payment=payment_id, name=row.name, position=row.position,
        cents=payment.cents, reason=reason,
    )  # fmt: skip


def less_than_paid(scene: Scene, dossier: DossierRow, question: str, value: object) -> Refusal | None:
    """Why an amount that was promised cannot become less than what was paid of it."""
    promises = [one.name for one in promises_to_pay(scene.workflow) if one.pay == question]
    rows = promised_to(scene.session, [the_id(dossier)]).get(the_id(dossier), {})
    paid = paid_of(scene.session, [the_id(dossier)])
    for (name, _), row in rows.items():
        already = paid.get(the_id(row), 0)
        if name in promises and is_number(value) and in_cents(float(str(value))) < already:
            sentence = f"{from_cents(already)} of it was paid already: it cannot become {value}"
            return Refusal("paid", sentence, {"amount": from_cents(already)})
    return None


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


def _is_recorded(scene: Scene, paid: Paid) -> bool:
    """Whether the very same payment stands there."""
    same = (
        select(PaymentRow.id)
        .join(PromisedRow, col(PromisedRow.id) == col(PaymentRow.promised_id))
        .join(DossierRow, col(DossierRow.id) == col(PromisedRow.dossier_id))
        .where(
            scene.in_round, STANDS, col(DossierRow.number) == paid.number, col(PromisedRow.name) == paid.promise,
            col(PromisedRow.position) == paid.position, col(PaymentRow.cents) == in_cents(paid.amount),
            col(PaymentRow.day) == paid.day.isoformat(),
            col(PaymentRow.reference) == " ".join(paid.reference.split()),
        )
    )  # fmt: skip
    return scene.session.exec(same.limit(1)).first() is not None

