"""What does the Cera selection leave behind, as it is played in a browser: which letters, and what in the database?"""

from typing import Any

from sqlmodel import select
from visiting import CHAIR, COLLEAGUE, FOURTH, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site

from engine.database.pages import dossiers, opinions
from engine.database.records import ConflictRow, PersonRow, VerdictRow

AN, BEN, TIM = "an@brug.example", "ben@omweg.example", "tim@impuls.example"
FIRST, SECOND = "CI19-001", "CI19-002"
CODE = "A code is your sign-in code"
LETTERS = {
    "call": [
        (AN, CODE),
        (AN, "We received your dossier CI19-001"),
        (BEN, "We ontvingen uw dossier CI19-002"),
        (COLLEAGUE, CODE),
        (COLLEAGUE, "An Mols invites you to work on dossier CI19-001"),
        (COLLEAGUE, "We received your dossier CI19-001"),
    ],
    "preselection": [
        (AN, "Dossier CI19-001 is with the selection committee"),
        (BEN, "Dossier CI19-002 ligt bij de selectiecommissie"),
        (CHAIR, "2 dossiers te lezen, vóór zo 31 maart"),
        (CHAIR, CODE),
        (STAFF, "Dossier CI19-001: Sam Otto trekt zich terug"),
        (THIRD, "2 dossiers te lezen, vóór zo 31 maart"),
        (COLLEAGUE, "Dossier CI19-001 is with the selection committee"),
        (MEMBER, "2 dossiers à lire avant le dim. 31 mars"),
        (MEMBER, CODE),
        (FOURTH, "2 dossiers to read before Sun 31 March"),
        (FOURTH, CODE),
        (TIM, "Dossier CI19-001: Sam Otto trekt zich terug"),
        (OBSERVER, CODE),
    ],
    "recommendations": [
        (AN, "Invitation to pitch: dossier CI19-001"),
        (BEN, "Beslissing over uw dossier CI19-002"),
        (CHAIR, "Pitchdag op do 9 mei: 1 dossier"),
        (THIRD, "Pitchdag op do 9 mei: 1 dossier"),
        (COLLEAGUE, "Invitation to pitch: dossier CI19-001"),
        (MEMBER, "Journée de pitch, jeu. 9 mai : 1 dossier"),
        # nothing to the member who has a conflict with the one dossier that is left
    ],
    "approval": [(AN, "Decision on your dossier CI19-001"), (COLLEAGUE, "Decision on your dossier CI19-001")],
    "rollout": [
        (AN, "Received for dossier CI19-001: Annual interim report"),
        (AN, "Reminder, dossier CI19-001: Kick-off (mandatory)"),
        (AN, "Your project CI19-001 has started"),
        (STAFF, "Dossier CI19-001 vraagt uitstel tot do 30 september"),
        (COLLEAGUE, "Received for dossier CI19-001: Annual interim report"),
        (COLLEAGUE, "Reminder, dossier CI19-001: Kick-off (mandatory)"),
        (COLLEAGUE, "Your project CI19-001 has started"),
        (TIM, "Dossier CI19-001 vraagt uitstel tot do 30 september"),
    ],
}
"""(to whom, subject) of every letter, by the phase in which it came"""
DONE = {
    FIRST: {
        "moves": [("submit", "submitted"), ("take_up", "in_preselection"), ("shortlist", "shortlisted"),
                  ("award", "awarded"), ("start", "in_rollout")],
        "contacts": [AN, COLLEAGUE],
        "answers": {"title": "Keukenverhalen", "practice": "Samen koken en vertellen.", "partner": "Huis van het Kind",
                    "amount": 20_000.5, "plan": "plan.pdf"},
        "by": [("title", AN), ("practice", AN), ("partner", AN), ("amount", AN), ("plan", AN), ("partner", COLLEAGUE)],
        "opinions": [(MEMBER, False, {"participation": 8, "artistic": 7, "learning": 9}, "shortlist", "Warm en helder.",
                      "Wie draagt het na jaar twee?", "Sterk verankerd in de wijk.")],
        "conflicts": [FOURTH],
        "verdicts": ["shortlist", "award"],
        "deliveries": [("interim_report", AN, False)],
        "requests": [("interim_report 2", "2021-09-30", None)],
    },
    SECOND: {
        "moves": [("submit", "submitted"), ("take_up", "in_preselection"), ("pass_over", "declined")],
        "contacts": [BEN],
        "answers": {"title": "Werk van De Omweg", "practice": "Samen koken en vertellen.", "partner": "OCMW",
                    "amount": 20_000, "plan": "plan.pdf"},
        "by": [("title", BEN), ("practice", BEN), ("partner", BEN), ("amount", BEN), ("plan", BEN)],
        "opinions": [(MEMBER, False, {"participation": 4, "artistic": 5, "learning": 3}, "pass_over",
                      "Zoek een partner die mee beslist.", "", "De partner blijft vaag.")],
        "conflicts": [],
        "verdicts": ["pass_over"],
        "deliveries": [],
        "requests": [],
    },
}  # fmt: skip


def dossier(site: Site, number: str) -> dossiers.Dossier:
    with site.database.reading() as session:
        head = dossiers.find(session, ROUND, number)
        assert head is not None
        return dossiers.whole(session, head)


def done(site: Site) -> dict[str, Any]:
    """What the database says of both dossiers."""
    found = {}
    for number in (FIRST, SECOND):
        it = dossier(site, number)
        with site.database.reading() as session:
            said = opinions.opinions(session, it.head.id)
            verdicts = session.exec(select(VerdictRow).where(VerdictRow.dossier_id == it.head.id)).all()
            conflicts = session.exec(
                select(PersonRow.email).join(ConflictRow).where(ConflictRow.dossier_id == it.head.id)
            ).all()
            found[number] = {
                "moves": [(one.name, one.target) for one in it.moves],
                "contacts": [one.email for one in it.contacts],
                "answers": {
                    name: value["name"] if isinstance(value, dict) else value for name, value in it.values.items()
                },
                "by": [(one.question, one.by) for one in it.versions],
                "opinions": [
                    (one.email, one.conflict, one.marks, one.advises, one.comment, one.note, one.recommendation)
                    for one in said
                ],
                "conflicts": list(conflicts),
                "verdicts": [one.transition for one in verdicts],
                "deliveries": [(one.deliverable, one.by, one.late) for one in it.deliveries],
                "requests": [(one.of, one.wanted, one.outcome) for one in it.requests],
            }
    return found
