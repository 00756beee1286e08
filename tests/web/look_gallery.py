"""What do all components look like on one page, in each language, with fields right and wrong?"""

import gettext
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    FileField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

WEB = Path(__file__).parents[2] / "web"
CHROMIUM = Path("/usr/bin/chromium")
LANGUAGES = ("nl", "fr", "en")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


class Asked(Form):
    """One field of every kind that a workflow or a page asks."""

    title = StringField("Name of the project", [InputRequired("Write a name.")])
    practice = TextAreaField("Describe the participatory practice")
    amount = DecimalField("Support asked", [InputRequired("Write an amount, such as 42000.")])
    plan = FileField("Project plan")
    partner = SelectField(
        "With which partner do you work?", choices=[SelectChoice("a", "Draad & Co"), SelectChoice("b", "Rolwerk")]
    )
    choice = RadioField(
        "May we write to you about the next call?",
        [InputRequired("Choose one.")],
        choices=[SelectChoice("once", "Yes, once"), SelectChoice("never", "No")],
    )
    sure = BooleanField("I declare that what stands here is true", [InputRequired("Tick this to hand in.")])
    mail = EmailField("Mail address")
    code = StringField("Code from the mail")
    score = RadioField("Artistic quality", choices=[SelectChoice(str(n), str(n)) for n in range(1, 11)])
    comment = TextAreaField("Comment")
    note = TextAreaField("Note")


GOOD = [("title", "Night-shift childcare pilot"), ("practice", "one two three four five six"), ("amount", "42000"),
        ("choice", "once"), ("sure", "y"), ("score", "8"), ("code", "481920"),
        ("mail", "amina@moonlight.example")]  # fmt: skip

THINGS: dict[str, Any] = {
    "steps": [
        {"title": "Submitted", "date": "24 February, 16:42", "state": "done",
         "note": "Two days before the deadline. We sent a receipt to amina@moonlight.example."},
        {"title": "Eligible and complete", "date": "11 March", "state": "done"},
        {"title": "Pitch day", "date": "15 April", "state": "now", "chip": "Waiting for your answer",
         "note": "Bring at most 8 slides."},
        {"title": "Board decision", "date": "5 May", "state": "ahead",
         "note": "You get a letter by 7 May, whatever the outcome, with the committee's comments."},
        {"title": "Agreement and first payment", "date": "by 18 June, if funded", "state": "ahead"},
    ],
    "files": [
        {"name": "Project plan.pdf", "href": "/f/1", "size": "1.2 MB", "date": "24 Feb",
         "versions": [{"name": "Plan (draft).pdf", "href": "/f/0", "size": "1.1 MB", "date": "19 Feb"}]},
        {"name": "Budget_2027_to_2030_definitive_really_definitive_version.xlsx", "href": "/f/2", "size": "86 kB",
         "date": "24 Feb", "action": ("Replace", "/f/2/replace")},
        {"name": "Statutes.pdf", "href": "/f/3", "size": "640 kB", "date": "19 Feb", "chip": ("good", "Checked")},
    ],
    "letters": [{"subject": "You are invited to pitch on 15 April", "href": "/l/1", "date": "30 Mar"},
                {"subject": "Your dossier goes to the committee", "href": "/l/2", "date": "11 Mar"}],
    "links": [{"title": "Textile sorting line, social jobs", "href": "/d/1", "why": "27-089, Draad & Co, asks € 18,000",
               "chip": ("good", "Scored 8.5, fund")},
              {"title": "Forêt comestible communale", "lang": "fr", "href": "/d/2", "about": "not read yet"}],
    "tasks": [{"title": "Who you are", "href": "/s/1", "status": "done"},
              {"title": "Your project", "href": "/s/2", "status": "progress"},
              {"title": "Documents", "href": "/s/3", "status": "todo"},
              {"title": "Hand in", "href": "/s/4", "status": "blocked", "why": "Two parts are not complete yet."}],
    "answers": [{"question": "Name of the project", "answer": "Night-shift childcare pilot", "change": "/s/2"},
                {"question": "Describe the participatory practice", "answer": "Line one.\nLine two.", "change": "/s/2"},
                {"question": "Project plan", "answer": "", "change": "/s/3"}],
    "columns": [{"key": "rank", "label": "Rank"}, {"key": "title", "label": "Dossier", "sort": "?sort=title"},
                {"key": "mean", "label": "Mean", "num": True, "sort": "?sort=mean", "sorted": "descending"},
                {"key": "asked", "label": "Asked", "num": True}],
    "rows": [{"rank": 1, "title": "Sensory garden", "mean": "9.3", "asked": "€ 42,000"},
             {"rank": 2, "title": "Dorpsbakker keert terug", "mean": "8.8", "asked": "€ 84,000"},
             {"rank": 3, "title": "Mediation for tenants", "mean": "8.8", "asked": "€ 60,000"}],
    "dates": [{"date": "5 Apr", "text": "Answer the invitation, 17:00", "iso": "2027-04-05T17:00+02:00"},
              {"date": "15 Apr", "text": "Pitch, 10:45"}, {"date": "24 Feb", "text": "Handed in", "past": True}],
}  # fmt: skip


def translations(language: str) -> gettext.NullTranslations:
    """What the catalogue of the shared parts says in `language`; English is what the templates say themselves."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with (WEB / "locales" / language / "shared.po").open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def environment(language: str) -> Environment:
    """The templates as the pages use them: escaped, and an undefined name is an error."""
    jinja = Environment(
        loader=FileSystemLoader([WEB / "templates", Path(__file__).parent / "gallery"]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    words = translations(language)
    jinja.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return jinja


def gallery(language: str = "en", *, wrong: bool = False, **more: Any) -> str:
    """The page with every component; `wrong` empties the required fields and shows what is said then."""
    form = Asked(FormData([("practice", "one two"), ("score", "3")] if wrong else GOOD))
    if wrong:
        form.validate()
    context = {
        "lang": language, "languages": list(LANGUAGES), "path": "/gallery", "here_in": lambda code: f"?lang={code}",
        "csrf": "t0ken",
        "site": {"name": "Kanaal Impact Fund"}, "static": lambda path: f"static/{path}",
        "visitor": {"email": "amina@moonlight.example", "name": "Amina"}, "has_errors": wrong, "form": form,
        "nav": [("Your dossiers", "/dossiers", True), ("Open calls", "/", False)],
        "notices": [("good", "Saved.")], "footer_links": [("Privacy", "/privacy")],
    } | THINGS | more  # fmt: skip
    return environment(language).get_template("page.html").render(context)


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, which asks nobody outside for anything."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        try:
            yield opened
        finally:
            opened.close()


def write_gallery(folder: Path, *, languages: tuple[str, ...] = LANGUAGES) -> list[Path]:
    """Writes the gallery and what it needs under `folder`; gives the pages, one a language and one with errors."""
    (folder / "static").mkdir(parents=True, exist_ok=True)
    for file in (WEB / "static").iterdir():
        (folder / "static" / file.name).write_bytes(file.read_bytes())
    pages = []
    for name, language, wrong in [*((code, code, False) for code in languages), ("wrong", "en", True)]:
        pages.append(folder / f"{name}.html")
        pages[-1].write_text(gallery(language, wrong=wrong).replace('src="/frame"', 'src="about:blank"'))
    return pages


def photograph(folder: Path) -> None:
    """Pictures of the gallery in `folder`: phone and desk, light and dark."""
    pages = write_gallery(folder)
    with browser() as opened:
        for page in pages:
            for width in (390, 1440):
                for scheme in ("light", "dark"):
                    context = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    shown = context.new_page()
                    shown.goto(page.as_uri())
                    shown.screenshot(path=str(folder / f"{page.stem}-{width}-{scheme}.png"), full_page=True)
                    context.close()


if __name__ == "__main__":
    photograph(Path(sys.argv[1]))
