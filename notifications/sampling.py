"""With which invented facts is a letter tried before anybody is written to?"""

from datetime import date
from typing import Any

from engine.cycle.telling import shared_facts
from engine.files.reading import Programme
from engine.rules.giving import rules_in
from engine.rules.moments import SECOND, Calendar, day_starts
from engine.rules.round import Round
from engine.rules.seats import takes_sign_ups
from engine.rules.workflow import APPLICANT, EVERYONE, Workflow
from notifications.facts import INVITATION, SEAT, SEATED

PERSON = {"name": "Amina Example"}
TITLE = "Songs from the night shift"
ORGANISATION = "The Harbour Ensemble"


def sample_shared(programme: Programme, round: Round) -> dict[str, Any]:
    """What a cause in that round would pin."""
    return shared_facts(rules_in(programme.workflow, round.given), Calendar(round))


def sample_facts(programme: Programme, round: Round, role: str, extra: str | None) -> dict[str, Any]:
    """What one person's letter would be given, with everything there is to say."""
    number = f"{round.number}-001"
    facts: dict[str, Any] = {"person": PERSON}
    if extra in (INVITATION, SEAT, SEATED):
        facts["dossier"] = {"number": number, "title": TITLE, "organisation": ORGANISATION}
        invitation = {INVITATION: _invitation(programme, round)} if extra != SEAT else {}
        return {**facts, **invitation, **({SEAT: _seat(programme, round)} if extra != INVITATION else {})}
    workflow = rules_in(programme.workflow, round.given)
    day = next(iter(round.phases.values())).closes.day.isoformat() if round.phases else "2030-03-01"
    when = {"day": day, "hour": None, "edge": "closes"}
    state = next(iter(workflow.states.values()))
    strand = {"strand": next(iter(workflow.strands.values()))} if workflow.strands else {}
    owed = _owed(workflow, day)
    if role == APPLICANT:
        received = day_starts(date.fromisoformat(day), round.timezone) + 11 * 3600 * SECOND
        facts |= {
            "dossier": {
                "number": number, "title": TITLE, "organisation": ORGANISATION, "amount": 45000, "state": state.shown,
                **strand,
            },
            "received": received, "receipt": "0" * 64, "recommendations": ["Begin small."],
            "reason": "As agreed.", "missing": ["The plan is missing."], "obligations": owed,
            "slot": {
                "meeting": next(iter(workflow.meetings), ""), "position": 3,
                "starts_at": received, "ends_at": received + 20 * 60 * SECOND,
            },
        }  # fmt: skip
    elif role != EVERYONE:
        line = {"number": number, "title": TITLE, "organisation": ORGANISATION, "state": state.title, **strand}
        facts |= {
            "dossiers": [
                {**line, "reasons": [{"code": "recommendation", "sentence": "no recommendation has been written"}]}
            ],
            "reason": "As agreed.",
        }
    extras = {
        "reminded": owed,
        "proposal": {
            "of": (owed or [{}])[0], "words": "Any of them suits us.", "by": "Els Example", "moves": False, "path": "",
            "times": [{"day": day, "start": "10:00:00", "end": "11:30:00", "place": "Ghent", "online": None}],
        },
        "payments": [{
            "promise": "The grant is paid", "what": None, "amount": 12_500, "day": day, "reference": "B 7",
        }],
        "review": {"of": (owed or [{}])[0], "words": "Please name the partners."},
        "extension": {"of": next(iter(workflow.phases.values()), ""), "old": when, "new": when, "reason": "A storm."},
        "promise": {"title": "An answer", "before": when},
        "message": {
            "words": {"en": {"subject": "A question", "text": "Could you **look** once more?"}},
            "by": "Els Example",
            "asked": {number: {"questions": ["The plan"], "owed": owed}},
        },
    }
    return facts | ({extra: extras[extra]} if extra else {})


def _invitation(programme: Programme, round: Round) -> dict[str, Any]:
    """An invitation to the first meeting that a round has, moved by an hour."""
    meetings = rules_in(programme.workflow, round.given).meetings
    name = next((name for name in meetings if round.meetings.get(name)), next(iter(meetings), ""))
    session = next(iter(round.meetings.get(name, ())), None)
    day = session.day if session else date(2030, 3, 1)
    starts_at = day_starts(day, round.timezone) + 14 * 3600 * SECOND
    where = {"place": session.place if session else None, "online": "https://meet.example/room"}
    hours = {"starts_at": starts_at, "ends_at": starts_at + 20 * 60 * SECOND}
    before = {part: at - 3600 * SECOND for part, at in hours.items()}
    return {
        "uid": "sample@grantcycle.example", "method": "REQUEST", "sequence": 1, "meeting": name,
        "title": meetings[name].title if name in meetings else "", "day": day.isoformat(), **hours, **where,
        "zone": round.timezone, "reason": "A storm.", "was": {"day": day.isoformat(), **before, **where},
        "path": "/invitations/sample@grantcycle.example",
    }  # fmt: skip


def _seat(programme: Programme, round: Round) -> dict[str, Any]:
    """An offered seat at the first meeting for which people sign up, and a place in its list."""
    meetings = rules_in(programme.workflow, round.given).meetings
    name = next((name for name, one in meetings.items() if takes_sign_ups(one)), "")
    session = next(iter(round.meetings.get(name, ())), None)
    day = session.day if session else date(2030, 3, 1)
    return {
        "meeting": name, "title": meetings[name].title if name in meetings else "", "day": day.isoformat(),
        "start": "19:00:00", "end": "21:00:00", "place": session.place if session else None, "is_online": True,
        "place_in_list": 3, "answer_by": day_starts(day, round.timezone), "reason": "A storm.", "was": "held",
        "from_list": True, "within": "3 days", "path": f"/call/{round.key}/meetings/1",
    }  # fmt: skip


def _owed(workflow: Workflow, day: str) -> list[dict[str, Any]]:
    return [{"name": name, "position": 1, "last_day": day} for name in workflow.obligations]
