"""Which letters go out, and who lets them?"""

import asyncio
from typing import Annotated, Any

import typer

from engine.cycle import Preview
from engine.database import looking
from engine.database.holds import standing
from engine.database.store import find_round, the_id
from grantcycle import console
from grantcycle.commands.parameters import As, Json, RoundName, wiring_of
from grantcycle.instants import both, local
from grantcycle.wiring import Wiring
from notifications.postman import Delivered

app = typer.Typer(help="Letters: see them, approve them, hold them back, send them.", no_args_is_help=True)
Letter = Annotated[
    int, typer.Argument(metavar="LETTER", help="Its number, as outbox list gives it.", show_default=False)
]
Batch = Annotated[
    str, typer.Argument(metavar="BATCH", help='The moment it goes at: "recommendations opens".', show_default=False)
]


@app.command("list")
def list_letters(
    context: typer.Context,
    round_name: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROUND]", help="small-grants/2030; without it, the letters that belong to no round.",
            show_default=False,
        ),
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="waiting, held, sent, failed ...")] = None,
    as_json: Json = False,
) -> None:
    """The letters of a round (or those about accounts, which belong to none) in the order in which they leave, and what
    became of each.

    Example: grantcycle outbox list small-grants/2030 --status held
    """
    wiring = wiring_of(context)
    wanted = None if status is None else looking.known_status(status)
    with wiring.looking() as session:
        row = find_round(session, wiring.round_key(round_name)) if round_name else None
        letters = looking.letters(session, the_id(row) if row else None, wanted)
    key, zone = (row.key, row.timezone) if row else (None, "UTC")
    if as_json:
        answer = [_as_json(letter, zone) for letter in letters]
        console.show_json({"round": key, "timezone": zone, "letters": answer})
    elif not letters:
        console.say(f"No letter is {status}." if status else "No letter has been written yet.")
    else:
        console.show_table(
            f"{key or 'letters of no round'}, local times of {zone}",
            ("letter#", "leaves", "what", "to", "language", "dossier", "status", "last reply"),
            (
                (
                    letter.id,
                    local(letter.leaves_at, zone),
                    letter.letter,
                    letter.address,
                    letter.language,
                    letter.dossier,
                    letter.status,
                    letter.last_reply,
                )
                for letter in letters
            ),
        )


def _as_json(letter: looking.LetterLine, zone: str) -> dict[str, Any]:
    return {
        "id": letter.id,
        "cause": letter.cause,
        "letter": letter.letter,
        "role": letter.role,
        "dossier": letter.dossier,
        "address": letter.address,
        "language": letter.language,
        "status": letter.status,
        "batch": letter.batch,
        **both("leaves_at", letter.leaves_at, zone),
        "attempts": letter.attempts,
        "last_reply": letter.last_reply,
    }


@app.command()
def show(
    context: typer.Context,
    letter: Letter,
    html: Annotated[bool, typer.Option("--html", help="The HTML part.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Exactly the bytes that are sent.")] = False,
) -> None:
    """One letter as it was written, or as it would be written now.

    Example: grantcycle outbox show 12 --html
    """
    wiring = wiring_of(context)
    shown = wiring.letter(letter)
    if raw:
        console.write_bytes(shown.raw)
    elif html:
        console.write(shown.html)
    else:
        console.say(
            f"Status: {shown.status}{'' if shown.frozen else ' (not written yet: this is how it would read now)'}"
        )
        for name, value in shown.headers:
            console.say(f"{name}: {value}")
        console.write("\n" + shown.text)


@app.command()
def preview(context: typer.Context, round_name: RoundName, batch: Batch, as_json: Json = False) -> None:
    """What a batch holds now: every move with its letters, the counts, and what would hold a move back.

    Example: grantcycle outbox preview small-grants/2030 "recommendations opens"
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    seen = wiring.cycle.preview(key, batch, wiring.now())
    with wiring.looking() as session:
        approved = looking.approvals(session, the_id(find_round(session, key)), batch)
    if as_json:
        console.show_json(_preview_json(key, seen))
        return
    if not seen.planned:
        console.say(f'The batch "{batch}" holds nothing now.')
        return
    console.show_table(
        f'The batch "{batch}" of {key}',
        ("number", "transition", "letters", "held back because"),
        (
            (
                planned.number,
                planned.transition,
                ", ".join(f"{letter} to {role}" for role, letter in planned.letters),
                "; ".join(planned.against),
            )
            for planned in seen.planned
        ),
    )
    counts = ", ".join(f"{count} {name}" for name, count in _counts(seen).items())
    console.say(f"In all: {counts}. Approved {len(seen.approved_by)} of {seen.needed} times.")
    if approved and not seen.approved_by:
        console.say(f"It has changed since {', '.join(approved)} approved it, so that approval counts no more.")


def _counts(seen: Preview) -> dict[str, int]:
    counts: dict[str, int] = {}
    for planned in seen.planned:
        counts[planned.transition] = counts.get(planned.transition, 0) + 1
    return counts


def _preview_json(key: str, seen: Preview) -> dict[str, Any]:
    return {
        "round": key,
        "batch": seen.batch,
        "counts": _counts(seen),
        "needed": seen.needed,
        "approved": len(seen.approved_by),
        "released": seen.released,
        "moves": [
            {
                "number": planned.number,
                "transition": planned.transition,
                "letters": dict(planned.letters),
                "against": list(planned.against),
            }
            for planned in seen.planned
        ],
    }


@app.command()
def release(context: typer.Context, round_name: RoundName, batch: Batch, by: As) -> None:
    """Approve a batch exactly as its preview shows it; a verdict that changes afterwards makes the approval void.

    Example: grantcycle outbox release small-grants/2030 "recommendations opens" --as els@fund.example
    """
    wiring = wiring_of(context)
    key = wiring.round_key(round_name)
    wiring.cycle.approve(key, batch, by=by, now=wiring.now())
    seen = wiring.cycle.preview(key, batch, wiring.now())
    missing = seen.needed - len(seen.approved_by)
    if seen.released:
        console.say(f'The batch "{batch}" is released.')
    else:
        console.say(f'Approved; "{batch}" needs {console.count(missing, "more approval")}.')


@app.command()
def revoke(context: typer.Context, round_name: RoundName, batch: Batch, by: As) -> None:
    """Take an approval back, as long as nothing of the batch has gone.

    Example: grantcycle outbox revoke small-grants/2030 "recommendations opens" --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.cycle.revoke(wiring.round_key(round_name), batch, by=by, now=wiring.now())
    console.say(f'The approval of "{batch}" by {by} is taken back.')


@app.command()
def hold(context: typer.Context, letter: Letter, by: As) -> None:
    """Keep one letter back until somebody tries it again.

    Example: grantcycle outbox hold 12 --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.desk.hold(letter, by=by, now=wiring.now())
    console.say(f"Letter {letter} is held.")


@app.command()
def cancel(context: typer.Context, letter: Letter, by: As) -> None:
    """Never send one letter.

    Example: grantcycle outbox cancel 12 --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.desk.cancel(letter, by=by, now=wiring.now())
    console.say(f"Letter {letter} is cancelled.")


@app.command()
def retry(context: typer.Context, letter: Letter, by: As) -> None:
    """Try a letter now that failed, that waits for its next try, or that is held.

    Example: grantcycle outbox retry 12 --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.desk.retry(letter, by=by, now=wiring.now())
    console.say(f"Letter {letter} is waiting again.")


@app.command("let-go")
def let_go(context: typer.Context, letter: Letter, by: As) -> None:
    """Let a held letter leave at its time, or now if that is past.

    Example: grantcycle outbox let-go 12 --as els@fund.example
    """
    wiring = wiring_of(context)
    wiring.desk.let_go(letter, by=by, now=wiring.now())
    console.say(f"Letter {letter} is waiting again.")


@app.command()
def send(context: typer.Context, as_json: Json = False) -> None:
    """Send everything that should leave now, once; serve and worker do this by themselves.

    Example: grantcycle outbox send
    """
    wiring = wiring_of(context)
    delivered = send_now(wiring)
    if as_json:
        console.show_json({"sent": delivered.sent, "retried": delivered.retried, "failed": delivered.failed})
    else:
        console.say(held_by(wiring) or sentence_of(delivered))


def send_now(wiring: Wiring) -> Delivered:
    """One round of the postman, with a progress bar where somebody looks."""
    with wiring.looking() as session:
        due = looking.due_letters(session, wiring.now())
    with console.progress() as bar:
        task = bar.add_task("letters", total=due)
        return asyncio.run(wiring.send(lambda: bar.advance(task)))


def held_by(wiring: Wiring) -> str | None:
    """Why nothing fires and no letter leaves, or None."""
    with wiring.looking() as session:
        hold = standing(session)
    return f"Nothing fires and no letter leaves, because {hold.why}." if hold else None


def sentence_of(delivered: Delivered) -> str:
    """What one round of the postman came to."""
    told = [
        console.count(number, "letter") + f" {what}"
        for number, what in (
            (delivered.sent, "sent"), (delivered.retried, "to be tried again"), (delivered.failed, "failed"),
        )
        if number
    ]  # fmt: skip
    return f"{', '.join(told)}." if told else "No letter had to leave."
