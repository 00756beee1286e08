"""With which invented facts is a letter tried before anybody is written to?"""

from typing import Any

from engine.cycle.telling import obligation_facts, shared_facts
from engine.files.reading import Programme
from engine.rules.moments import Calendar
from engine.rules.round import Round
from engine.rules.workflow import APPLICANT, EVERYONE, Workflow

PERSON = {"name": "Amina Example"}
TITLE = "Songs from the night shift"
ORGANISATION = "The Harbour Ensemble"


def sample_shared(programme: Programme, round: Round) -> dict[str, Any]:
    """What a cause in that round would pin."""
    return shared_facts(programme.workflow, Calendar(round))


def sample_facts(programme: Programme, round: Round, role: str, extra: str | None) -> dict[str, Any]:
    """What one person's letter would be given, with everything there is to say."""
    number = f"{round.number}-001"
    facts: dict[str, Any] = {"person": PERSON}
    workflow = programme.workflow
    day = next(iter(round.phases.values())).closes.day.isoformat() if round.phases else "2030-03-01"
    when = {"day": day, "hour": None, "edge": "closes"}
    state = next(iter(workflow.states.values()))
    owed = _owed(workflow, day)
    if role == APPLICANT:
        facts |= {
            "dossier": {
                "number": number, "title": TITLE, "organisation": ORGANISATION, "amount": 45000, "state": state.shown,
            },
            "received": f"{day}T16:59:58", "receipt": "0" * 64, "grace": 600, "recommendations": ["Begin small."],
            "reason": "As agreed.", "missing": ["The plan is missing."], "obligations": owed,
            "slot": {
                "meeting": next(iter(workflow.meetings), ""), "day": day, "start": "10:45:00", "end": "11:05:00",
                "position": 3,
            },
        }  # fmt: skip
    elif role != EVERYONE:
        line = {"number": number, "title": TITLE, "organisation": ORGANISATION, "state": state.title}
        facts |= {
            "dossiers": [
                {**line, "reasons": [{"code": "recommendation", "sentence": "no recommendation has been written"}]}
            ],
            "reason": "As agreed.",
        }
    extras = {
        "reminded": owed,
        "extension": {"of": next(iter(workflow.phases.values()), ""), "old": when, "new": when, "reason": "A storm."},
        "promise": {"title": "An answer", "before": when},
    }
    return facts | ({extra: extras[extra]} if extra else {})


def _owed(workflow: Workflow, day: str) -> list[dict[str, Any]]:
    return [obligation_facts(workflow, obligation, 1, day) for obligation in workflow.obligations.values()]
