"""How is a rehearsal read by people?

One HTML file that needs nothing else: no script, no network. The same rehearsal always gives the same bytes.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.files.layout import in_few_signs
from engine.rules.moments import Calendar, from_instant
from engine.rules.workflow import EVERYONE
from engine.rules.working_days import day_off
from grantcycle.rehearsed import Rehearsed
from grantcycle.report_days import days, state_title
from grantcycle.report_drawing import NARROW, WIDE, PhaseBar, Stage, flow, short_day, timeline
from grantcycle.report_incidents import incidents
from grantcycle.report_letters import letter_kinds, never_sent
from notifications.rendering import Renderer

FILE = "index.html"
LONG = 420
"""a round of more days is drawn twice: its beginning, and the whole"""
SHORT = 60
"""a beginning of fewer days is not worth a drawing of its own"""


@dataclass(frozen=True, slots=True)
class Columns:
    """An obligation with each time it is owed: (position, last day)."""

    name: str
    title: str
    times: tuple[tuple[int, date], ...]


def write_report(seen: Rehearsed, folder: Path, renderer: Renderer) -> Path:
    """Write the report as one HTML file into `folder`; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(render(seen, renderer), encoding="utf-8", newline="\n")
    return path


def render(seen: Rehearsed, renderer: Renderer) -> str:
    """The report as HTML."""
    environment = Environment(
        loader=PackageLoader("grantcycle"), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "day": lambda day: f"{day:%A} {day.day} {day:%B %Y}",
        "short": lambda day: short_day(day, year=True),
        "local": lambda instant: f"{from_instant(instant, seen.round.timezone):%-d %b %Y, %H:%M:%S}",
    }
    css = files("grantcycle").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(_view(seen, renderer), css=Markup(css))


def _view(seen: Rehearsed, renderer: Renderer) -> dict[str, Any]:
    workflow = seen.programme.workflow
    phases = _phases(seen)
    drawn = Counter(seen.day(mail.sent_at) for mail in seen.mails if mail.sent_at is not None)
    return {
        "seen": seen,
        "english": lambda text: seen.programme.translate(text, "en"),
        "title_of": lambda state: state_title(seen, state),
        "figures": _figures(seen),
        "incidents": incidents(seen),
        "timelines": _timelines(seen, phases, drawn),
        "flow": flow(_stages(seen), label="Dossiers from state to state"),
        "columns": _columns(seen),
        "owed": {
            (dossier.number, owed.name, owed.position): owed for dossier in seen.trajectories for owed in dossier.owed
        },
        "days": days(seen),
        "kinds": letter_kinds(seen, renderer),
        "never_sent": never_sent(seen),
        "roles": {"applicant": "applicants", "staff": "staff", EVERYONE: "all who asked to be told"}
        | {name: seen.programme.translate(one.title, "en") for name, one in workflow.committees.items()},
    }


def _figures(seen: Rehearsed) -> list[tuple[str, str, str]]:
    """(what, how many, beside it): the head of the report."""
    figures, workflow = seen.figures, seen.programme.rules_of(seen.round.name)
    lapsed = len(seen.dossiers) - figures["handed_in"]
    found = [("Handed in", str(figures["handed_in"]), f"{lapsed} drafts were not")]
    for transition in workflow.transitions.values():
        cap = transition.guard("at_most")
        if cap:
            most = f"at most {in_few_signs(cap.value)}"
            found.append((state_title(seen, transition.target), str(seen.entered[transition.target]), most))
    road = _road(seen)
    if len(road) > 1:
        began = seen.entered[road[-2]]
        found.append((state_title(seen, road[-1]), str(seen.entered[road[-1]]), f"of {began} to the end"))
    if seen.trajectories:
        each = figures["obligations_per_trajectory"]
        late = sum(owed.kept == "late" for dossier in seen.trajectories for owed in dossier.owed)
        excused = sum(owed.kept == "excused" for dossier in seen.trajectories for owed in dossier.owed)
        found.append(("Obligations each", str(each) if each else "various", f"{late} late, {excused} excused"))
    found.append(("Letters", str(figures["letters"]), f"{figures['letters_sent']} sent"))
    found.append(("Deadlines", str(figures["deadlines"]), "each fired once"))
    return found


def _road(seen: Rehearsed) -> list[str]:
    """The states of the main road: from the beginning always on to where something still follows."""
    workflow = seen.programme.workflow
    moves = Counter((moved.source, moved.target) for dossier in seen.dossiers for moved in dossier.path)
    road = [workflow.begins_in]
    while True:
        ahead = [
            (target in workflow.ends_in, workflow.states[target].frees_place, -count, target)
            for (source, target), count in moves.items()
            if source == road[-1] and target not in road
        ]
        if not ahead:
            return road
        road.append(min(ahead)[-1])


def _stages(seen: Rehearsed) -> list[Stage]:
    road = _road(seen)
    moves = Counter((moved.source, moved.target) for dossier in seen.dossiers for moved in dossier.path)
    return [
        Stage(
            state_title(seen, state),
            seen.entered[state],
            tuple(
                (state_title(seen, target), count)
                for (source, target), count in sorted(moves.items(), key=lambda move: (-move[1], move[0]))
                if source == state and target not in road
            ),
        )
        for state in road
    ]


def _phases(seen: Rehearsed) -> list[PhaseBar]:
    calendar = Calendar(seen.round, {})
    ticks: dict[str, list[date]] = {}
    for due in seen.due:
        if due.kind == "reminder":
            ticks.setdefault(due.moment.split()[-2], []).append(seen.day(due.at))
    bars = []
    for name, title in seen.programme.workflow.phases.items():
        first, last = calendar.edge(name, "opens").day, calendar.edge(name, "closes").day
        last = max(first, seen.last_day) if calendar.never_closes(name) else last
        bars.append(
            PhaseBar(
                seen.programme.translate(title, "en"),
                first,
                last,
                tuple(ticks.get(name, ())),
                day_off(last, seen.round.holidays),
            )
        )
    return bars


def _timelines(seen: Rehearsed, phases: list[PhaseBar], letters: Counter[date]) -> list[tuple[str, Markup, Markup]]:
    """(what it shows, drawn wide, drawn narrow for a phone)"""
    first = min(phase.first for phase in phases) - timedelta(days=7)
    last = max([*(phase.last for phase in phases), seen.last_day]) + timedelta(days=7)

    def both(name: str, until: date) -> tuple[str, Markup, Markup]:
        wide, narrow = (timeline(phases, letters, first, until, label=name, frame=frame) for frame in (WIDE, NARROW))
        return name, wide, narrow

    drawn = [both("The whole round", last)]
    longest = max(phases, key=lambda phase: phase.last - phase.first)
    if (last - first).days > LONG and (longest.first - first).days >= SHORT:
        drawn.insert(0, both(f"Until {longest.title.lower()} begins", longest.first))
    return drawn


def _columns(seen: Rehearsed) -> list[Columns]:
    """Every obligation that some trajectory has, in the order in which they begin to be due."""
    found: dict[str, dict[int, date]] = {}
    ordered = sorted(
        (owed for dossier in seen.trajectories for owed in dossier.owed), key=lambda owed: (owed.due_at, owed.position)
    )
    for owed in ordered:
        found.setdefault(owed.name, {}).setdefault(owed.position, owed.last_day)
    workflow = seen.programme.workflow
    columns = []
    for name, times in found.items():
        obligation = workflow.obligations[name]
        meeting = workflow.find_meeting(obligation.attend or "")
        title = meeting.title if meeting else workflow.deliverables[obligation.deliver or ""].title
        columns.append(Columns(name, seen.programme.translate(title, "en"), tuple(sorted(times.items()))))
    return columns
