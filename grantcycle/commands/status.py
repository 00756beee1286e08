"""How does it stand with the rounds?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlmodel import Session

from engine.cycle import Preview
from engine.database import looking
from engine.database.health import Health, health
from engine.database.holds import all_standing
from engine.database.nodes import living
from engine.database.records import DeadlineRow, HoldRow, NodeRow, RoundRow
from engine.database.store import find_round, the_id
from engine.rules.divided import scopes
from engine.rules.workflow import Workflow
from grantcycle import console
from grantcycle.commands.parameters import Json, wiring_of
from grantcycle.instants import age, both, local, utc
from grantcycle.wiring import NOTHING_OPEN, Wiring

NEXT = 5
"""how many of the coming deadlines are shown"""


@dataclass(frozen=True)
class Status:
    """How one round stands."""

    round: RoundRow
    workflow: Workflow
    counts: dict[str, int]
    coming: list[DeadlineRow]
    batches: list[tuple[Preview, list[str]]]
    health: Health
    too_small: dict[str, tuple[int, int]]
    """committee -> its members and its quorum, where there are not enough"""


def status(
    context: typer.Context,
    round_name: Annotated[
        str | None, typer.Argument(metavar="[ROUND]", help="One round; else every round that is open.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Where the dossiers stand, what is due next, what waits for approval, and what is late.

    Example: grantcycle status small-grants/2030
    """
    wiring = wiring_of(context)
    now = wiring.now()
    found: list[Status] = []
    held: Sequence[HoldRow] = ()
    working: Sequence[NodeRow] = ()
    if wiring.has_database():
        with wiring.looking() as session:
            held, working = all_standing(session), living(session, now)
            rounds = [find_round(session, wiring.round_key(round_name))] if round_name else looking.open_rounds(session)
            found = [_status_of(wiring, session, row, now) for row in rounds]
    if as_json:
        console.show_json(
            {
                "rounds": [_as_json(one, now) for one in found],
                "holds": [{"kind": hold.kind, "since": utc(hold.since), "why": hold.why} for hold in held],
                "nodes": [_node_as_json(node) for node in working],
            }
        )
    elif not found:
        console.say(NOTHING_OPEN)
    else:
        for one in found:
            _show(one, now)
        for node in working:
            console.say(f"{node.name} works here ({_works_with(node)}); seen {age(now - node.seen_at)} ago.")
    if not as_json:
        for hold in held:
            console.say(f"Held since {utc(hold.since)}: nothing fires and no letter leaves. Because {hold.why}.")


def _works_with(node: NodeRow) -> str:
    skew = "" if node.ahead is None else f", its clock {node.ahead // 1000} ms ahead of the database's"
    return f"grantcycle {node.version}, zone data {node.tzdata}{skew}"


def _node_as_json(node: NodeRow) -> dict[str, Any]:
    return {
        "name": node.name,
        "version": node.version,
        "tzdata": node.tzdata,
        "tables": node.tables,
        "started_at": utc(node.started_at),
        "seen_at": utc(node.seen_at),
        "ahead_microseconds": node.ahead,
    }


def _status_of(wiring: Wiring, session: Session, row: RoundRow, now: int) -> Status:
    workflow = wiring.workflow_of(row.key)
    coming = [deadline for deadline in looking.deadlines(session, the_id(row)) if deadline.ended_at is None]
    batches = [
        (preview, looking.approvals(session, the_id(row), preview.batch))
        for preview in wiring.cycle.batches(row.key, now)
        if preview.planned
    ]
    return Status(
        round=row,
        workflow=workflow,
        counts=looking.counts_by_state(session, the_id(row)),
        coming=coming[:NEXT],
        batches=batches,
        health=health(session, now, the_id(row)),
        too_small=_too_small(session, workflow, the_id(row)),
    )


def _too_small(session: Session, workflow: Workflow, round_id: int) -> dict[str, tuple[int, int]]:
    found = {}
    for committee in workflow.committees.values():
        for scope in scopes(workflow, committee.per) or ("",):
            members = looking.members(session, round_id, committee.name, scope)
            if committee.quorum and members < committee.quorum:
                found[f"{committee.name} {scope}".strip()] = (members, committee.quorum)
    return found


def _show(one: Status, now: int) -> None:
    zone = one.round.timezone
    total = sum(one.counts.values())
    console.say(f"{one.round.key}: {console.count(total, 'dossier')}; it is {local(now, zone)} ({zone}).")
    if total:
        console.show_table(
            "",
            ("state", "dossiers#"),
            ((_title(one.workflow, state), one.counts[state]) for state in one.workflow.states if state in one.counts),
        )
    if one.coming:
        console.show_table(
            "Next",
            ("as of", "what", "name", ""),
            ((local(each.due_at, zone), each.kind, each.name, each.strand or each.clocks) for each in one.coming),
        )
    for preview, approved in one.batches:
        by = f" by {', '.join(approved)}" if approved else ""
        console.say(
            f'The batch "{preview.batch}" holds {console.count(len(preview.planned), "move")} with their letters: '
            f"approved {len(preview.approved_by)} of {preview.needed} times{by}."
        )
    for committee, (members, quorum) in one.too_small.items():
        console.say(
            f'The committee "{committee}" has {console.count(members, "member")} and needs {quorum} to decide: '
            "give people their part with grantcycle people import."
        )
    console.say(_late("deadline", one.health.overdue_since, now))
    console.say(_late("letter", one.health.unsent_since, now))


def _title(workflow: Workflow, state: str) -> str:
    return f"{workflow.states[state].title} ({state})"


def _late(what: str, since: int | None, now: int) -> str:
    if since is None:
        return f"No {what} is late."
    return f"The oldest {what} is late by {age(now - since)}: is a worker running?"


def _as_json(one: Status, now: int) -> dict[str, Any]:
    zone = one.round.timezone
    return {
        "round": one.round.key,
        "timezone": zone,
        **both("now", now, zone),
        "dossiers": {state: one.counts[state] for state in one.workflow.states if state in one.counts},
        "next": [
            {
                "kind": deadline.kind,
                "name": deadline.name,
                "moment": deadline.moment,
                **both("at", deadline.due_at, zone),
                **both("fires_at", deadline.fires_at, zone),
                **({"strand": deadline.strand} if deadline.strand else {}),
                **({"clocks": deadline.clocks} if deadline.clocks else {}),
            }
            for deadline in one.coming
        ],
        "batches": [
            {
                "batch": preview.batch,
                "moves": len(preview.planned),
                "needed": preview.needed,
                "approved": len(preview.approved_by),
                "released": preview.released,
            }
            for preview, _ in one.batches
        ],
        "overdue_seconds": _seconds(one.health.overdue_since, now),
        "unsent_seconds": _seconds(one.health.unsent_since, now),
    }


def _seconds(since: int | None, now: int) -> int | None:
    return None if since is None else (now - since) // 1_000_000
