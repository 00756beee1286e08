"""How do letters and words change in a round that runs, when its rules and its dates may not?

A new text of the programme's folder is pinned, and the round goes on with it. What was told before was pinned with the
text of then, and is written from that one: the new text is for what happens from now on.
"""

from collections.abc import Callable, Mapping, Sequence
from unicodedata import category

from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.connection import insert_once
from engine.database.records import PinnedRow, RewordingRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from engine.files.complaints import Complaint
from engine.files.reading import Programme, examine
from engine.files.wording import LETTER_FILE, WORDS_FILE
from engine.rules.roles import must_be_staff

LONGEST = 100_000
"""characters of one file"""
Judge = Callable[[Programme, Sequence[str]], Sequence[Complaint]]
"""what else is wrong with the letters in these files of a programme, for those who read letters"""


class NotReadable(Refused):
    """A text that is not one: `complaints` say where, as `check` does."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__([Refusal("text", str(complaint)) for complaint in self.complaints])


class Overtaken(Refused):
    """Somebody else has saved these `files` since they were opened."""

    def __init__(self, files: Sequence[str]) -> None:
        self.files = tuple(files)
        sentence = f"{', '.join(files)} was changed by somebody else meanwhile; nothing was overwritten"
        super().__init__([Refusal("changed", sentence)])


def reword(
    scene: Scene, texts: Mapping[str, str | None], *, opened: str, judge: Judge, by: str
) -> str:
    """Give letters and words (file -> its text, None to take it away) another text; gives the new digest.

    `opened` is the digest of the programme as it was when whoever changes them looked. What says the same already is
    left alone. Raises Refused for who is not staff and for any other file, Overtaken where one of the files was changed
    since, NotReadable with every complaint about what was changed.
    """
    texts = {file: None if text is None else tidy(text) for file, text in texts.items()}
    person = scene.person(by)
    other = sorted(file for file in texts if not _is_wording(scene, file))
    refuse([
        must_be_staff(standing_of(scene, person)),
        Refusal("file", f"{', '.join(other)}: only letters and words change in a round that runs") if other else None,
        *(
            Refusal("file", f"{file} has {len(text):,} characters, and at most {LONGEST:,} are kept")
            for file, text in texts.items() if text is not None and len(text) > LONGEST
        ),
    ])  # fmt: skip
    before = scene.round.digest
    was = scene.programme.files
    changed = {file: text for file, text in texts.items() if _said(was.get(file)) != text}
    if not changed:
        return before
    if opened != before and (taken := _overtaken(scene, opened, changed)):
        raise Overtaken(taken)
    files = {file: text for file, text in {**was, **changed}.items() if text is not None}
    after = _judged(scene.programme, files, sorted(changed), judge)
    row = {"digest": after.digest, "programme": after.name, "files": dict(after.files), "pinned_at": scene.now}
    insert_once(scene.session, PinnedRow, [row], "digest")
    point("rewording pinned")
    scene.round.digest = after.digest
    scene.session.add(scene.round)
    scene.session.add_all(
        RewordingRow(
            round_id=scene.round_id, file=file, before=before, after=after.digest, at=scene.now,
            person_id=the_id(person),
        )
        for file in sorted(changed)
    )  # fmt: skip
    scene.session.flush()
    point("rewording written")
    scene.note("reworded", by, files=sorted(changed), count=len(changed), before=before, after=after.digest)
    return after.digest


def tidy(text: str) -> str:
    """A text as files hold it: one kind of line end, one at its end, and no sign that is none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(sign for sign in line if sign == "\t" or category(sign) not in ("Cc", "Cs")) for line in lines)
    return "\n".join(line.rstrip() for line in kept).rstrip("\n") + "\n"


def _is_wording(scene: Scene, file: str) -> bool:
    """Whether a file holds a letter or words in a language of the round's."""
    workflow = scene.workflow
    if letter := LETTER_FILE.fullmatch(file):
        return letter[1] in workflow.languages
    words = WORDS_FILE.fullmatch(file)
    return words is not None and words[1] in workflow.languages and words[1] != workflow.language


def _said(text: str | None) -> str | None:
    return None if text is None else tidy(text)


def _overtaken(scene: Scene, opened: str, changed: Mapping[str, str | None]) -> list[str]:
    """The files that are not any more what they were in the programme that was looked at."""
    looked_at = scene.session.get(PinnedRow, opened)
    then = looked_at.files if looked_at is not None else {}
    return sorted(file for file in changed if then.get(file) != scene.programme.files.get(file))


def _judged(was: Programme, files: Mapping[str, str], changed: Sequence[str], judge: Judge) -> Programme:
    """The programme with these files. Raises NotReadable for what is wrong with it, and was not before."""
    programme, complaints = examine(was.name, files, "")
    errors = [complaint for complaint in complaints if complaint.level == "error"]
    if programme is not None:
        errors += [complaint for complaint in judge(programme, changed) if complaint.level == "error"]
    if programme is None or errors:
        raise NotReadable(errors)
    return programme

