"""How will a letter of a batch look to its reader, before anybody gets it?"""

from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from engine.cycle.foretelling import letter_facts, shared_now
from engine.database.pages import releases
from engine.database.store import standing_verdict, the_id
from engine.errors import GrantcycleError
from engine.rules.workflow import APPLICANT
from web.ask import Ask
from web.committee.seat import called
from web.mailbox import LETTER_POLICY
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.batches import batch_path, crumbs, found, moves_of, scene_for
from web.staff.jury.words import batch_said, language_said, role_said

pages = Pages()
AT = "/staff/{programme}/{round}/verdicts/{batch}/letter"


@dataclass(frozen=True)
class Sample:
    """One letter as it would be written to the first who gets it."""

    batch: str
    title: str
    transition: str
    role: str
    language: str
    number: str
    subject: str
    text: str
    html: str
    problem: str = ""
    """why it cannot be written, where it cannot"""


def sample(ask: Ask) -> Sample:
    """The letter that the address asks for. Raises NotThere for one that the batch does not cause."""
    with ask.reading() as session:
        scene = scene_for(ask, session)
        batch = found(ask, scene)
        moves = moves_of(scene, batch)
        transition = next((one for one in moves.held if one.name == ask.query.get("transition", "")), None)
        role = ask.query.get("role", APPLICANT)
        language = ask.query.get("language", "") or ask.letter_language
        if transition is None or role not in transition.tell or language not in scene.workflow.languages:
            raise NotThere
        dossier = releases.first_of(session, moves, transition, somebody(ask).person_id)
        if dossier is None:
            raise NotThere
        verdict = standing_verdict(session, the_id(dossier))
        facts = letter_facts(scene, dossier, transition, role, reason=verdict.reason if verdict else None)
        title, shared, number = batch_said(ask, batch), shared_now(scene), dossier.number
    person = {"person": {"name": ask.say("Amina Example")}}
    about = (batch, title, transition.name, role, language, number)
    try:
        written = ask.office.samples.of_programme(
            ask.place.programme, letter=transition.tell[role], language=language, role=role, shared=shared,
            facts={**person, **facts},
        )  # fmt: skip
    except GrantcycleError as problem:
        return Sample(*about, "", "", "", str(problem))
    return Sample(*about, written.subject, written.text, written.html)


@pages.get(AT, MANAGES)
def letter(ask: Ask) -> Response:
    """A letter of the batch, in a frame and as text, in each of its languages."""
    shown = sample(ask)
    path = batch_path(ask, shown.batch)
    links = [
        (language_said(ask, language), f"?transition={shown.transition}&role={shown.role}&language={language}",
         language == shown.language)
        for language in ask.place.workflow.languages
    ]  # fmt: skip
    return show(
        ask, "staff/jury/letter.html", letter=shown, languages_of=links, decision=called(ask, shown.transition),
        to=role_said(ask, shown.role), crumbs=[*crumbs(ask), (ask.say("Verdicts"), f"/staff/{ask.place.key}/verdicts"),
        (shown.title, path)], frame=f"{path}/letter/page?transition={shown.transition}&role={shown.role}"
        f"&language={shown.language}",
    )  # fmt: skip


@pages.get(f"{AT}/page", MANAGES)
def letter_page(ask: Ask) -> Response:
    """The letter's HTML, for the frame."""
    shown = sample(ask)
    if shown.problem:
        raise NotThere
    answer = HTMLResponse(shown.html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer
