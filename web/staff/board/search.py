"""Where is a dossier, of which somebody knows a number, a word of its title, an organisation or a person?"""

from starlette.responses import Response

from engine.database.pages.console import managed_rounds
from engine.database.pages.filtering import LONGEST
from engine.database.pages.searching import of_number, search
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.routes import Pages
from web.staff import console

pages = Pages()
MOST = 50
"""dossiers that are shown; whoever gets more says more"""


@pages.get("/staff/search", STAFFS)
def look_for(ask: Ask) -> Response:
    """What was found in all rounds that the visitor manages; an exact number leads to its dossier at once."""
    text = " ".join(ask.query.get("q", "").split())[:LONGEST]
    person_id = somebody(ask).person_id
    with ask.reading() as session:
        managed = managed_rounds(session, person_id)
        of = {one.key: one for one in managed}
        if text:
            exact = of_number(session, managed, person_id, text.upper())
            if len(exact) == 1:
                return ask.go(f"/staff/{exact[0]}/dossiers/{text.upper()}")
        rules = ask.office.shelf.rules(session)
        hits = search(session, managed, rules, person_id, text, limit=MOST + 1) if text else []
        programmes = {key: rules(of[key].digest) for key in {hit.round for hit in hits}}
    titles = {
        key: programme.translate(programme.rounds[of[key].name].title, ask.language)
        for key, programme in programmes.items()
    }
    states = {
        (key, name): programme.translate(state.title, ask.language)
        for key, programme in programmes.items()
        for name, state in programme.workflow.states.items()
    }
    return console.show(
        ask, "staff/board/search.html", q=text, hits=hits[:MOST], more=len(hits) > MOST, titles=titles, states=states,
        rounds=len(managed),
    )  # fmt: skip
