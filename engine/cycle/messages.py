"""What do staff write to those who speak for dossiers, outside the letters of the rules?

One message goes to any number of dossiers in one transaction. Its words are pinned once, with its cause; each person
reads it in their own language where it was written in that one.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database import journal
from engine.database.cohort.gathered import GATHERED, Wanted, choose
from engine.database.expressions import text
from engine.database.pages.wanting import dossiers_named, wanting
from engine.database.records import PersonRow
from engine.database.standings import conflicts_among
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import must_be_staff
from engine.rules.workflow import APPLICANT

LETTER = "staff-message"
LONGEST_SUBJECT, LONGEST_TEXT = 120, 20_000
"""characters"""
MOST_ASKED = 500
"""dossiers that may be asked at once for what each of them lacks"""


@dataclass(frozen=True, slots=True)
class Words:
    """A message in one language; `text` is Markdown."""

    subject: str
    text: str


@dataclass(frozen=True)
class Message:
    """What is written: language -> its words. With `asks` each dossier is told as well what is missing from it."""

    words: Mapping[str, Words]
    asks: bool = False

    @property
    def tidied(self) -> "Message":
        """The same without what is not said: blanks around the words, and languages in which there are none."""
        words = {
            language: Words(" ".join(one.subject.split()), one.text.replace("\r\n", "\n").strip())
            for language, one in self.words.items()
        }
        return Message({language: one for language, one in words.items() if one.subject or one.text}, self.asks)


def write(scene: Scene, numbers: Sequence[str], message: Message, *, by: str) -> int:
    """Write to all who speak for the dossiers, each once; gives to how many dossiers was written.

    Raises Unknown for a number that the round does not have, Refused with every reason; then nobody is written to.
    """
    person, message = scene.person(by), message.tidied
    of = _dossiers(scene, numbers)
    refuse([
        must_be_staff(standing_of(scene, person)),
        *_wrong(scene, message),
        None if of else Refusal("message", "no dossier is named", {"because": "nobody"}),
        *_ties(scene, of, person),
        *(_asks_too_much(scene, message, of)),
    ])  # fmt: skip
    pinned = _pinned(scene, message, of.values(), person)
    digest = digest_of(pinned)
    going = scene.gather(Wanted(choose(scene.session, scene.next_step(), of.values()), actor=text(person.email)))
    point("dossiers of a message gathered")
    subjects = {language: one.subject for language, one in message.words.items()}
    details = json.dumps({"message": digest, "subject": subjects, "asks": message.asks})
    rows = sa.select(
        GATHERED.c.place, GATHERED.c.dossier_id, GATHERED.c.actor, text(details).label("details")
    ).where(going.rows)
    scene.note_all(journal.Cohort("message sent", scene.now, rows.subquery("written")))
    scene.tell_all(
        f"message {digest}", {APPLICANT: LETTER}, going, at=scene.now, leaves_at=scene.now, shared={"message": pinned}
    )
    return going.size


def digest_of(pinned: Mapping[str, Any]) -> str:
    """What tells one message from all others of its instant: it is made of all that it says."""
    return hashlib.sha256(json.dumps(pinned, sort_keys=True).encode()).hexdigest()[:16]


def _pinned(scene: Scene, message: Message, dossiers: Collection[int], person: PersonRow) -> dict[str, Any]:
    asked = wanting(scene.session, scene.workflow, dossiers, scene.now) if message.asks else {}
    return {
        "words": {language: asdict(one) for language, one in message.words.items()},
        "by": person.name or person.email,
        "asked": {one.number: {"questions": list(one.questions), "owed": list(one.owed)} for one in asked.values()},
    }


def _dossiers(scene: Scene, numbers: Sequence[str]) -> dict[str, int]:
    """number -> dossier. Raises Unknown for the first that is not there."""
    found = dossiers_named(scene.session, scene.round_id, numbers)
    for number in numbers:
        if number not in found:
            raise Unknown(f"dossier in {scene.round.key}", number)
    return found


def _wrong(scene: Scene, message: Message) -> list[Refusal | None]:
    """What is wrong with the words, in whichever language."""
    found: list[Refusal | None] = []
    if not message.words:
        found.append(Refusal("message", "a message has a subject and a text", {"because": "empty"}))
    for language, one in message.words.items():
        if language not in scene.workflow.languages:
            raise Unknown("language of this programme", language, scene.workflow.languages)
        if not one.subject:
            found.append(Refusal("message", f"the message in {language} lacks its subject", {"because": "subject"}))
        if not one.text:
            found.append(Refusal("message", f"the message in {language} lacks its text", {"because": "text"}))
        if len(one.subject) > LONGEST_SUBJECT:
            sentence = f"a subject has {LONGEST_SUBJECT} characters at most"
            found.append(Refusal("message", sentence, {"because": "long subject", "most": LONGEST_SUBJECT}))
        if len(one.text) > LONGEST_TEXT:
            sentence = f"a message has {LONGEST_TEXT} characters at most"
            found.append(Refusal("message", sentence, {"because": "long text", "most": LONGEST_TEXT}))
    return found


def _ties(scene: Scene, of: Mapping[str, int], person: PersonRow) -> list[Refusal]:
    """Why somebody may not write about some of the dossiers: they have stepped back from them."""
    tied = conflicts_among(scene.session, list(of.values()), the_id(person))
    return [
        Refusal("conflict", f"you have a conflict with {number}", {"because": "tied", "number": number})
        for number, dossier_id in of.items()
        if dossier_id in tied
    ]


def _asks_too_much(scene: Scene, message: Message, of: Mapping[str, int]) -> list[Refusal]:
    if not message.asks:
        return []
    if len(of) > MOST_ASKED:
        sentence = f"{MOST_ASKED} dossiers at most are asked at once for what each of them lacks"
        return [Refusal("message", sentence, {"because": "many", "most": MOST_ASKED})]
    lacking = wanting(scene.session, scene.workflow, of.values(), scene.now)
    return [
        Refusal("message", f"nothing is missing from {number}", {"because": "complete", "number": number})
        for number, dossier_id in of.items()
        if dossier_id not in lacking
    ]
