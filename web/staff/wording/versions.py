"""How did a letter read before, what was changed, and how does an older text come back?"""

from starlette.responses import Response

from engine.cycle.rewording import NotReadable, Overtaken
from engine.database.pages.wording import Version, text_at, versions_of
from engine.errors import Refused
from web.ask import Ask
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.wording.comparing import in_one, side_by_side
from web.staff.wording.letters import file_of
from web.staff.wording.one_letter import LETTER, letter_and_language, path_of

pages = Pages()


@pages.get(LETTER + "/versions", MANAGES)
def versions(ask: Ask) -> Response:
    """The texts that a letter had, and the difference between two of them."""
    return _page(ask)


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    letter, language = letter_and_language(ask)
    place, file = ask.place, file_of(letter, language)
    with ask.reading() as session:
        found = versions_of(session, place.round, file)
        newer = _chosen(ask, "now", found, 0)
        older = _chosen(ask, "was", found, min(newer + 1, len(found) - 1))
        texts = [text_at(session, found[place_of].digest, file) or "" for place_of in (older, newer)]
    way = "beside" if ask.query.get("way") == "beside" else ""
    return show(
        ask, "staff/wording/versions.html", status, letter=letter, language=language, file=file, versions=found,
        older=older, newer=newer, lines=in_one(*texts), pairs=side_by_side(*texts) if way else [], way=way,
        path=path_of(ask, letter, language, "/versions"), errors=errors or [], has_errors=bool(errors),
        opened=place.round.digest,
        crumbs=[
            (ask.say("Letters and words"), f"/staff/{place.key}/letters"), (letter, path_of(ask, letter, language)),
        ],
    )  # fmt: skip


def _chosen(ask: Ask, name: str, found: list[Version], otherwise: int) -> int:
    said = ask.query.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 4 and int(said) < len(found) else otherwise


@pages.post(LETTER + "/versions", MANAGES)
def restore(ask: Ask) -> Response:
    """Let a letter read as it did before."""
    letter, language = letter_and_language(ask)
    place, file, wanted = ask.place, file_of(letter, language), ask.text("digest", 64)
    with ask.reading() as session:
        known = wanted in {one.digest for one in versions_of(session, place.round, file)}
        text = text_at(session, wanted, file) if known else None
    if not known:
        return _page(ask, 409, [ask.say("This letter never read so.")])
    try:
        ask.office.cycle.reword(
            place.key, {file: text}, opened=ask.text("opened", 64), judge=ask.office.wording.judge, by=ask.email,
            now=ask.now,
        )  # fmt: skip
    except Overtaken:
        return _page(ask, 409, [ask.say("Somebody has changed this letter since you looked. Look once more.")])
    except NotReadable as wrong:
        return _page(ask, 409, [str(complaint) for complaint in wrong.complaints])
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, one) for one in refused.reasons])
    return ask.go(path_of(ask, letter, language), ask.say("The letter reads as it did then, for all that is told now."))
