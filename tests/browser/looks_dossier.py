"""What is there to be seen of one dossier, of messages, and of what needs staff today, and when?"""

from collections.abc import Iterator

from living_site import LivingSite
from look import Look, sends
from visiting import ROUND, STAFF

from engine.database.pages.dossiers import find
from engine.database.pages.one_dossier import letters_about

AT = f"/staff/{ROUND}"


def _tabs(name: str, number: str, *tabs: str) -> Iterator[Look]:
    for tab in tabs:
        yield Look(f"dossier-{name}-{tab or 'overview'}", f"{AT}/dossiers/{number}{f'/{tab}' if tab else ''}", STAFF)


def in_the_call(living: LivingSite) -> Iterator[Look]:
    site = living.site
    site.cycle.write_note(ROUND, "CI19-003", "Belde over de partner.\nKomt maandag.", by=STAFF, now=site.now)
    yield Look("today-in-the-call", "/staff", STAFF)
    yield from _tabs("draft", "CI19-002", "", "answers", "documents", "scores", "letters")
    yield from _tabs("handed-in", "CI19-003", "", "timeline", "journal")
    yield Look("message-asks", f"{AT}/message?number=CI19-001&number=CI19-002&asks=1", STAFF)
    yield Look("message-wrong", f"{AT}/message?number=CI19-001", STAFF, sends("form button[value='preview']"))
    filled = {"subject-nl": "Open dag", "text-nl": "Kom **kijken**.", "subject-fr": "", "text-fr": ""}
    yield Look(
        "message-seen", f"{AT}/message?number=CI19-001", STAFF, sends("form button[value='preview']", **filled)
    )
    yield Look("note", f"{AT}/dossiers/CI19-003/notes/1", STAFF)
    people = f"{AT}/dossiers/CI19-003"
    yield Look("dossier-note-wrong", people, STAFF, sends("form[action$='/notes'] button", words=" "))


def read(living: LivingSite) -> Iterator[Look]:
    yield Look("today-while-they-read", "/staff", STAFF)
    yield from _tabs("read", "CI19-003", "", "answers", "documents", "scores", "letters", "timeline", "journal")
    yield Look("dossier-letter", f"{AT}/dossiers/CI19-003/letters/{_letter(living)}", STAFF)


def _letter(living: LivingSite) -> int:
    """The number of a letter about the dossier that has left."""
    with living.site.database.reading() as session:
        head = find(session, ROUND, "CI19-003")
        assert head is not None
        return next(one.id for one in letters_about(session, head.id) if one.status == "sent")


def rolling(_living: LivingSite) -> Iterator[Look]:
    yield Look("today-in-rollout", "/staff", STAFF)
    yield from _tabs("rollout", "CI19-003", "", "timeline")
    at = f"{AT}/dossiers/CI19-003"
    yield Look("dossier-act", f"{at}/act/stop", STAFF)
    yield Look("dossier-act-wrong", f"{at}/act/stop", STAFF, sends("form[action*='/act/'] button"))
    yield Look("dossier-act-not-now", f"{at}/act/complete", STAFF)
    yield Look("dossier-attend", f"{at}/attend/coaching", STAFF)
    yield Look("dossier-excuse", f"{at}/excuse/coaching-1", STAFF)
    yield Look("dossier-deliver", f"{at}/deliver/interim_report", STAFF)
    yield Look("dossier-deliver-nothing", f"{at}/deliver/final_report", STAFF)


LOOKS = {"call": in_the_call, "preselection": read, "rollout": rolling}
