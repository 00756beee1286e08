"""How does a round come into the database?"""

from sqlmodel import Session, col, select

from engine.database.connection import insert_once
from engine.database.records import PinnedRow, RoundRow
from engine.errors import GrantcycleError, Refusal, Refused, Unknown
from engine.faults import point
from engine.files.reading import Programme
from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, from_instant


def put_round(
    session: Session, programme: Programme, name: str, *, now: int, as_of: int | None, settle: int
) -> RoundRow:
    """Pin the programme's text and write the round.

    Raises Refused when moments of the round are past and no `as_of` says that they happened elsewhere, Unknown for a
    round the programme does not have, GrantcycleError when it is open already.
    """
    if name not in programme.rounds:
        raise Unknown(f"round of {programme.name}", name, programme.rounds)
    round = programme.rounds[name]
    if session.exec(select(RoundRow).where(col(RoundRow.key) == round.key)).first():
        raise GrantcycleError(f"{round.key} is open already")
    calendar = Calendar(round)
    if as_of is None:
        past = [due for due in agenda(programme.workflow, calendar, settle) if due.at <= now]
        if past:
            first = past[0]
            raise Refused([
                Refusal(
                    "past",
                    f'{len(past)} moments of {round.key} are past, the first is "{first.moment}" on {first.local}; '
                    f"to bring over a round that runs elsewhere, say from when on: --as-of "
                    f"{from_instant(now, calendar.zone).isoformat(sep=' ', timespec='minutes')}",
                )
            ])  # fmt: skip
    pinned = {
        "digest": programme.digest, "programme": programme.name, "files": dict(programme.files), "pinned_at": now
    }  # fmt: skip
    insert_once(session, PinnedRow, [pinned])
    point("programme pinned")
    row = RoundRow(
        key=round.key, programme=programme.name, name=name, number=round.number, timezone=round.timezone,
        digest=programme.digest, opened_at=now, as_of=as_of,
    )  # fmt: skip
    session.add(row)
    session.flush()
    point("round written")
    return row
