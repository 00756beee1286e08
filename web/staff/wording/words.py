"""How are the words of a language changed, and which are missing?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.cycle.rewording import NotReadable, Overtaken
from engine.database.pages.wording import last_writer, text_at
from engine.database.store import the_id
from engine.errors import Refused
from engine.files.source import Source
from engine.files.wording import read_words, texts
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.wording.letters import others
from web.staff.wording.toml_words import with_words

pages = Pages()
WORDS = "/staff/{programme}/{round}/words"
LONGEST = 2_000


@dataclass(frozen=True)
class Word:
    """A text of the rules, where it stands first, and its translation (empty where it is missing)."""

    field: str
    original: str
    where: str
    translation: str
    error: str = ""


def language_of(ask: Ask) -> str:
    """The language in question. Raises NotThere where the programme has no words of it."""
    known = others(ask)
    language = ask.query.get("language", "") or ask.text("language", 10) or (known[0] if known else "")
    if language not in known:
        raise NotThere
    return language


@pages.get(WORDS, MANAGES)
def words(ask: Ask) -> Response:
    """The texts of the rules, and what each says in a language."""
    if not others(ask):
        return show(ask, "staff/wording/words.html", rows=[], language="", languages_of=[], missing=0, only="",
                    total=0, opened="", errors=[], find="", unused=0)  # fmt: skip
    return _page(ask)


def _page(
    ask: Ask, status: int = 200, errors: list[str] | None = None, wrong: dict[str, str] | None = None
) -> Response:
    language, place = language_of(ask), ask.place
    known = place.programme.words.get(language, {})
    typed = changed_by(ask, language) if ask.request.method == "POST" else {}
    wanted = texts(place.workflow, place.programme.rounds)
    every = [
        Word(
            f"w{number}", original, where, typed.get(original, known.get(original, "")),
            (wrong or {}).get(original, ""),
        )
        for number, (original, where) in enumerate(wanted.items())
    ]  # fmt: skip
    only, find = ask.query.get("only", ""), ask.query.get("find", "").strip()[:100].lower()
    rows = [
        word for word in every
        if (only != "missing" or not known.get(word.original))
        and (not find or find in word.original.lower() or find in word.translation.lower())
    ]  # fmt: skip
    return show(
        ask, "staff/wording/words.html", status, rows=rows, language=language, languages_of=others(ask), only=only,
        missing=sum(not known.get(word.original) for word in every), total=len(every), opened=place.round.digest,
        errors=errors or [], has_errors=bool(errors or wrong), find=find,
        unused=len(set(known) - set(wanted)),
    )  # fmt: skip


@pages.post(WORDS, MANAGES)
def save(ask: Ask) -> Response:
    """Keep the words of a language, for all pages at once and for what is told from now on.

    What somebody else has kept meanwhile stays, and is shown where both changed the same text.
    """
    language, place = language_of(ask), ask.place
    file, opened = f"words.{language}.toml", ask.text("opened", 64)
    known, changed = place.programme.words.get(language, {}), changed_by(ask, language)
    say = ask.say
    if emptied := {original: say("Every text has a translation.") for original, said in changed.items() if not said}:
        return _page(ask, 422, [say("Nothing was kept: a translation is missing.")], emptied)
    if not changed:
        return ask.go(f"/staff/{place.key}/words?language={language}", say("Nothing was different."))
    then = _words_at(ask, opened, file)
    taken = {one: known.get(one, "") for one in changed if known.get(one) not in (then.get(one), changed[one])}
    if taken:
        by = _writer(ask, file)
        wrong = {one: say("%(by)s has kept meanwhile: “%(said)s”", by=by, said=said) for one, said in taken.items()}
        return _page(ask, 409, [say("Nothing was overwritten. Keep yours once more to put it in its place.")], wrong)
    text = with_words(place.programme.files.get(file, ""), changed)
    try:
        ask.office.cycle.reword(
            place.key, {file: text}, opened=place.round.digest, judge=ask.office.wording.judge, by=ask.email,
            now=ask.now,
        )  # fmt: skip
    except Overtaken:
        return _page(ask, 409, [say("Somebody has kept other words just now. Keep yours once more.")])
    except NotReadable as unreadable:
        return _page(ask, 422, [str(complaint) for complaint in unreadable.complaints])
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, one) for one in refused.reasons])
    kept = ask.words.ngettext("%(n)s translation is kept.", "%(n)s translations are kept.", len(changed))
    return ask.go(f"/staff/{place.key}/words?language={language}", kept % {"n": len(changed)})


def changed_by(ask: Ask, language: str) -> dict[str, str]:
    """original -> what was typed for it, where that is another translation than the page showed.

    The fields are numbered as the texts of the rules, which do not change while a round runs.
    """
    then = _words_at(ask, ask.text("opened", 64), f"words.{language}.toml")
    found: dict[str, str] = {}
    for number, original in enumerate(texts(ask.place.workflow, ask.place.programme.rounds)):
        if f"w{number}" in ask.form:
            said = " ".join(ask.text(f"w{number}", LONGEST).split())
            if said != then.get(original, ""):
                found[original] = said
    return found


def _words_at(ask: Ask, digest: str, file: str) -> dict[str, str]:
    """The words as they were when somebody opened the page; as they are now where that is not known."""
    with ask.reading() as session:
        text = text_at(session, digest, file)
    return read_words(Source(file, text if text is not None else ask.place.programme.files.get(file, "")))


def _writer(ask: Ask, file: str) -> str:
    with ask.reading() as session:
        return last_writer(session, the_id(ask.place.round), file) or ""


@pages.get(WORDS + "/file", MANAGES)
def file(ask: Ask) -> Response:
    """The words as a file, for the programme's folder."""
    language = language_of(ask)
    text = ask.place.programme.files.get(f"words.{language}.toml")
    if text is None:
        raise NotThere
    headers = {"Content-Disposition": f'attachment; filename="words.{language}.toml"'}
    return Response(text, media_type="application/toml; charset=utf-8", headers=headers)
