"""How is it recorded that money was paid which was promised, and that this was a mistake?"""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from engine.cycle.payable import Books, Paid, books_of
from engine.cycle.people import standing_of
from engine.cycle.promising import follow_promises
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import payment_facts
from engine.database.promised import paid_of, promised_to
from engine.database.records import DossierRow, PaymentRow, PromisedRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused, Unknown
from engine.faults import point
from engine.rules.paying import from_cents, in_cents, promises_to_pay
from engine.rules.roles import must_be_staff
from engine.rules.typed import is_number
from engine.rules.workflow import APPLICANT

PAID, TAKEN_BACK = "money-paid", "payment-taken-back"
"""the letters to those who speak for the dossier"""


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
    scene.dossier(paid.number)
    books = books_of(scene, [paid], by=by)
    row, last = books.pay(paid)
    _record(scene, books, [(row, last)], by=by)
    return row


def record_payments(scene: Scene, every: Sequence[Paid], *, by: str) -> tuple[int, int]:
    """Record a list of payments, all of it or nothing; gives how many are new, and how many were recorded already.

    Payments of one sum are equal with the same day, amount and reference: as many of a list as stand there already are
    these, every other is one more. Raises NotAllPaid.
    """
    books = books_of(scene, every, by=by)
    fresh: list[tuple[PaymentRow, bool]] = []
    against: dict[int, Sequence[Refusal]] = {}
    known = 0
    for place, paid in enumerate(every):
        try:
            if books.has(paid):
                known += 1
            else:
                fresh.append(books.pay(paid))
        except Refused as refused:
            against[place] = refused.reasons
        except Unknown as unknown:
            against[place] = [Refusal("payment", str(unknown), {"because": "unknown"})]
    if against:
        raise NotAllPaid(against)
    _record(scene, books, fresh, by=by)
    return len(fresh), known


def _record(scene: Scene, books: Books, fresh: Sequence[tuple[PaymentRow, bool]], *, by: str) -> None:
    """Write payments, and let the promises follow; with each, whether it is the last of its sum."""
    scene.session.add_all(row for row, _ in fresh)
    scene.session.flush()
    point("payment written")
    paid_to = {row.promised_id: books.of(row) for row, _ in fresh}
    follow_promises(scene, {the_id(dossier) for dossier, _ in paid_to.values()})
    told: dict[int, list[PaymentRow]] = {}
    for row, last in fresh:
        dossier, promised = paid_to[row.promised_id]
        told.setdefault(the_id(dossier), []).append(row)
        scene.note(
            "payment recorded", by, dossier=dossier, payment=the_id(row), name=promised.name,
            position=promised.position, cents=row.cents, day=row.day, reference=row.reference or None,
            kept=True if last else None,
        )  # fmt: skip
    for its in told.values():
        _tell(scene, paid_to[its[0].promised_id][0], PAID, [(row, paid_to[row.promised_id][1]) for row in its])


def _tell(
    scene: Scene, dossier: DossierRow, letter: str, payments: Sequence[tuple[PaymentRow, PromisedRow]]
) -> None:
    """Have those who speak for a dossier told of payments, in one letter."""
    titles = {name: promise.title for name, promise in scene.workflow.promises.items()}
    said = [payment_facts(payment, row, titles.get(row.name, row.name)) for payment, row in payments]
    cause = f"payment {the_id(payments[0][0])}"
    scene.tell(cause, {APPLICANT: letter}, dossier, at=scene.now, extras={"payments": said})


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
    _tell(scene, dossier, TAKEN_BACK, [(payment, row)])


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
