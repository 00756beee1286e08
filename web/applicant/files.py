"""How is a file of a dossier handed out, to whoever may read it?"""

from starlette.responses import Response

from engine.database.pages.stored_files import StoredFile, content_of, file_of_answer, file_of_delivery
from engine.rules.workflow import STAFF
from web.applicant.looking import see
from web.applicant.unasked import is_shown
from web.ask import Ask
from web.policy import READS
from web.problems import NotThere
from web.routes import Pages
from web.uploads.handing_out import download_headers

pages = Pages()


@pages.get("/dossier/{programme}/{round}/{number}/file/{question}/{version}", READS)
def answered(ask: Ask) -> Response:
    """A version of the file that answers a question: the applicant's any, the others' the one that was handed in."""
    place, question, version = ask.place, ask.params["question"], _number(ask.params["version"])
    if not place.standing.contact and STAFF not in place.standing.roles:
        counts = see(ask).dossier.answers.get(question)
        if counts is None or counts.version != version:
            raise NotThere
    with ask.reading() as session:
        found = file_of_answer(session, place.its_dossier.id or 0, question, version)
    return _handed_out(ask, found)


@pages.get("/dossier/{programme}/{round}/{number}/delivered/{delivery}/{question}", READS)
def delivered(ask: Ask) -> Response:
    """A file that came with a delivery."""
    number, seen = _number(ask.params["delivery"]), see(ask)
    of = next((one for one in seen.dossier.deliveries if one.id == number), None)
    if of is None or not is_shown(ask, ask.place.workflow.deliverables[of.deliverable]):
        raise NotThere
    with ask.reading() as session:
        found = file_of_delivery(session, ask.place.its_dossier.id or 0, number, ask.params["question"])
    return _handed_out(ask, found)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotThere
    return int(text)


def _handed_out(ask: Ask, file: StoredFile | None) -> Response:
    if file is None:
        raise NotThere
    with ask.reading() as session:
        content = content_of(session, file)
    return Response(content, headers=download_headers(file.name, file.size))
