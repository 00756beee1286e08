"""What does somebody get to hear who types `grantcycle ...`?

0: done (warnings too, unless --strict); 1: an error, told in a sentence; 2: wrong usage; 3: an act that was refused,
with every reason; 4: a plan that would change something. Bad input never ends in a traceback.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import DBAPIError

from engine.clock import Clock
from engine.errors import GrantcycleError, Refused
from grantcycle import console
from grantcycle.commands import (
    act,
    advance,
    agenda,
    check,
    clock,
    database,
    demo,
    doctor,
    dossiers,
    draw,
    extend,
    inbox,
    journal,
    new,
    open,
    outbox,
    payments,
    people,
    plan,
    read,
    record,
    rehearse,
    restore,
    serve,
    status,
    versions,
)
from grantcycle.wiring import Wiring

ERROR, REFUSED, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    name="grantcycle",
    help="Runs a funding round from the call to the evaluation, on time and by itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

BEFORE, RUNNING, PEOPLE, MAIL, ALWAYS = (
    "Before a round opens",
    "A round that runs",
    "What people do",
    "Letters",
    "Processes",
)


@app.callback()
def _settings(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The settings file; else GRANTCYCLE_CONFIG, else config.toml here.", metavar="FILE"),
    ] = None,
) -> None:
    wiring = context.ensure_object(Wiring)
    if config is not None:
        wiring.config = config


app.command("demo", rich_help_panel=BEFORE)(demo.demo)
app.command("new", rich_help_panel=BEFORE)(new.new)
app.command("check", rich_help_panel=BEFORE)(check.check)
app.command("read", rich_help_panel=BEFORE)(read.read)
app.command("agenda", rich_help_panel=BEFORE)(agenda.agenda)
app.command("draw", rich_help_panel=BEFORE)(draw.draw)
app.command("rehearse", rich_help_panel=BEFORE)(rehearse.rehearse)
app.command("open", rich_help_panel=RUNNING)(open.open_round)
app.command("plan", rich_help_panel=RUNNING)(plan.plan)
app.command("versions", rich_help_panel=RUNNING)(versions.versions)
app.command("status", rich_help_panel=RUNNING)(status.status)
app.command("journal", rich_help_panel=RUNNING)(journal.journal)
app.command("extend", rich_help_panel=RUNNING)(extend.extend)
app.command("doctor", rich_help_panel=RUNNING)(doctor.doctor)
app.command("advance", rich_help_panel=RUNNING)(advance.advance)
app.add_typer(people.app, name="people", rich_help_panel=PEOPLE)
app.add_typer(dossiers.app, name="dossiers", rich_help_panel=PEOPLE)
app.command("act", rich_help_panel=PEOPLE)(act.act)
app.add_typer(record.app, name="record", rich_help_panel=PEOPLE)
app.add_typer(payments.app, name="payments", rich_help_panel=PEOPLE)
app.add_typer(outbox.app, name="outbox", rich_help_panel=MAIL)
app.command("inbox", rich_help_panel=MAIL)(inbox.inbox)
app.add_typer(clock.app, name="clock", rich_help_panel=ALWAYS)
app.add_typer(restore.app, name="restore", rich_help_panel=ALWAYS)
app.command("serve", rich_help_panel=ALWAYS)(serve.serve)
app.command("web", rich_help_panel=ALWAYS)(serve.web)
app.command("worker", rich_help_panel=ALWAYS)(serve.worker)
app.add_typer(database.app, name="database", rich_help_panel=ALWAYS)


def run(arguments: Sequence[str], clock: Clock | None = None) -> int:
    """Carry out one command line and give its exit code."""
    wiring = Wiring(clock=clock)
    try:
        app(args=list(arguments), prog_name="grantcycle", obj=wiring)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except Refused as refused:
        _tell_refusal(refused, as_json="--json" in arguments)
        return REFUSED
    except GrantcycleError as problem:
        console.complain(str(problem))
        return ERROR
    except DBAPIError as problem:
        console.complain(f"the database could not do this, and nothing was changed: {problem.orig}")
        return ERROR
    except OSError as problem:
        console.complain(f"{problem.strerror}: {problem.filename}" if problem.filename else str(problem))
        return ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        wiring.close()
    return 0


def _tell_refusal(refused: Refused, *, as_json: bool) -> None:
    if as_json:
        console.show_json(
            {"refused": [{"code": reason.code, "sentence": reason.sentence} for reason in refused.reasons]}
        )
        return
    console.complain("Refused, and nothing has changed:")
    for reason in refused.reasons:
        console.complain(f"  {reason.sentence}")


def main() -> None:
    """The command `grantcycle`."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.exit(run(sys.argv[1:]))
