"""What do staff write down about a dossier, and what happens when two of them change it?"""

import hashlib

from sqlmodel import col, select

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, NoteRow, PersonRow
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.roles import Standing, must_be_staff

LONGEST = 10_000
"""characters of a note"""


def write_note(scene: Scene, dossier: DossierRow, words: str, *, by: str) -> int:
    """Write a note that only the staff read, and give its number. Raises Refused with every reason."""
    person = scene.person(by)
    words = words.strip()
    refuse([*_against(standing_of(scene, person, dossier)), *_wrong(words)])
    note = _put(scene, dossier, words, person)
    scene.note("note written", by, dossier=dossier, note=note, digest=digest_of(words))
    return note


def replace_note(scene: Scene, dossier: DossierRow, number: int, words: str, *, by: str) -> int:
    """Change the words of a note, and give the number of the new one; the earlier words are kept.

    Raises Unknown for a note that the dossier does not have, Refused when somebody else has changed or removed it
    since it was read: whoever comes second is told, and overwrites nothing.
    """
    person, earlier, words = scene.person(by), _find(scene, dossier, number), words.strip()
    refuse([*_against(standing_of(scene, person, dossier)), _ended(scene, earlier), *_wrong(words)])
    if words == earlier.words:
        return number
    _end(scene, earlier, "replaced", person)
    note = _put(scene, dossier, words, person, replaces=number)
    scene.note("note replaced", by, dossier=dossier, note=note, replaces=number, digest=digest_of(words))
    return note


def remove_note(scene: Scene, dossier: DossierRow, number: int, *, by: str) -> None:
    """Take a note away from what staff read; it is kept. Raises as `replace_note` does."""
    person, note = scene.person(by), _find(scene, dossier, number)
    refuse([*_against(standing_of(scene, person, dossier)), _ended(scene, note)])
    _end(scene, note, "removed", person)
    scene.note("note removed", by, dossier=dossier, note=number)


def digest_of(words: str) -> str:
    """What the journal says of a note: that it is this one, and not what stands in it."""
    return hashlib.sha256(words.encode()).hexdigest()


def _against(standing: Standing) -> list[Refusal | None]:
    """Why somebody may neither read nor write notes: they are for staff who have not stepped back from the dossier.

    Who speaks for it may: else an applicant could shut staff out by naming them.
    """
    tied = Refusal("conflict", "you have declared a conflict with this dossier")
    return [must_be_staff(standing), tied if standing.conflict else None]


def _wrong(words: str) -> list[Refusal | None]:
    return [
        None if words else Refusal("note", "a note has words"),
        Refusal("note", f"a note has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
        if len(words) > LONGEST else None,
    ]  # fmt: skip


def _find(scene: Scene, dossier: DossierRow, number: int) -> NoteRow:
    note = scene.session.exec(
        select(NoteRow).where(col(NoteRow.id) == number, col(NoteRow.dossier_id) == dossier.id)
    ).first()
    if note is None:
        raise Unknown(f"note on {dossier.number}", str(number))
    return note


def _ended(scene: Scene, note: NoteRow) -> Refusal | None:
    if note.ended_at is None:
        return None
    who = scene.session.get_one(PersonRow, note.ended_by)
    facts = {"because": "removed" if note.ending == "removed" else "replaced", "by": who.name or who.email}
    return Refusal("changed", f"{who.email} has {note.ending} this note meanwhile: look at it again", facts)


def _put(scene: Scene, dossier: DossierRow, words: str, person: PersonRow, replaces: int | None = None) -> int:
    row = NoteRow(
        dossier_id=the_id(dossier), words=words, written_at=scene.now, written_by=the_id(person), replaces=replaces
    )
    scene.session.add(row)
    scene.session.flush()
    point("note kept")
    return the_id(row)


def _end(scene: Scene, note: NoteRow, ending: str, person: PersonRow) -> None:
    note.ended_at, note.ended_by, note.ending = scene.now, the_id(person), ending
    scene.session.add(note)
    scene.session.flush()
    point("note ended")
