"""How does a program read what a rehearsal showed?"""

from collections import Counter
from itertools import groupby
from typing import Any

from grantcycle.instants import both, utc
from grantcycle.rehearsed import Dossier, Event, Mail, Rehearsed


def as_json(rehearsed: Rehearsed) -> dict[str, Any]:
    """All of it but the words of the letters; instants in UTC with local ones beside them."""
    zone = rehearsed.round.timezone
    return {
        "round": rehearsed.round.key,
        "title": rehearsed.round.title,
        "timezone": zone,
        "digest": rehearsed.programme.digest,
        "invented": rehearsed.invented,
        "seed": rehearsed.seed,
        **both("opened_at", rehearsed.opened_at, zone),
        "figures": rehearsed.figures,
        "stand_in": dict(Counter(dossier.state for dossier in rehearsed.dossiers)),
        "letters": _letter_counts(rehearsed),
        "warnings": [
            {"where": warning.where, "sentence": warning.sentence, "day": str(warning.day) if warning.day else None}
            for warning in rehearsed.warnings
        ],
        "refused": [
            {
                **both("at", played.act.instant, zone), "who": played.act.who, "what": played.act.what,
                "number": played.act.number or None, "reasons": list(played.refused),
            }
            for played in rehearsed.refused
        ],
        "dossiers": [_dossier(dossier, zone) for dossier in rehearsed.dossiers],
        "calendar": _calendar(rehearsed),
        "outbox": [_mail(mail, zone) for mail in rehearsed.mails],
        "run": dict(rehearsed.run),
    }  # fmt: skip


def _letter_counts(rehearsed: Rehearsed) -> dict[str, dict[str, int]]:
    """letter -> language -> how many."""
    counts: dict[str, Counter[str]] = {}
    for mail in rehearsed.mails:
        counts.setdefault(mail.letter, Counter())[mail.language] += 1
    languages = rehearsed.programme.workflow.languages
    return {letter: {name: counted[name] for name in languages} for letter, counted in sorted(counts.items())}


def _dossier(dossier: Dossier, zone: str) -> dict[str, Any]:
    return {
        "number": dossier.number,
        "organisation": dossier.organisation,
        "language": dossier.language,
        **both("received_at", dossier.received_at, zone),
        "score": dossier.score,
        "state": dossier.state,
        "transitions": [
            {**both("at", moved.at, zone), "name": moved.transition, "from": moved.source, "to": moved.target}
            for moved in dossier.path
        ],
        "obligations": [
            {"name": owed.name, "position": owed.position, "last_day": str(owed.last_day), "kept": owed.kept}
            for owed in dossier.owed
        ],
    }


def _calendar(rehearsed: Rehearsed) -> list[dict[str, Any]]:
    """Day by day what happened."""
    ordered = sorted(rehearsed.journal, key=lambda event: event.at)
    return [
        {"day": str(day), "events": [_event(event, rehearsed.round.timezone) for event in events]}
        for day, events in groupby(ordered, key=lambda event: rehearsed.day(event.at))
    ]


def _event(event: Event, zone: str) -> dict[str, Any]:
    return {
        **both("at", event.at, zone), "what": event.what, "actor": event.actor, "number": event.number,
        "details": dict(event.details),
    }  # fmt: skip


def _mail(mail: Mail, zone: str) -> dict[str, Any]:
    return {
        **both("leaves_at", mail.leaves_at, zone), "sent_at": utc(mail.sent_at) if mail.sent_at is not None else None,
        "cause": mail.cause, "letter": mail.letter, "role": mail.role, "language": mail.language,
        "address": mail.address, "dossiers": list(mail.numbers), "status": mail.status, "tries": mail.tries,
        "subject": mail.subject,
    }  # fmt: skip
