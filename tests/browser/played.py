"""What has happened in a round by the day on which its pages are looked at?

Each function plays on until its day; they follow upon one another.
"""

from datetime import date

from living_site import LivingSite
from sqlmodel import col, select
from visiting import CHAIR, COLLEAGUE, FOURTH, MEMBER, PDF, ROUND, STAFF, THIRD, Site, cera

from engine.cycle import Upload
from engine.database.pages import dossiers
from engine.database.records import DeliveryRow
from web.applicant.owing import open_obligations

AN, SECOND_STAFF = "an@brug.example", "tim@impuls.example"
PRACTICE = (
    "Elke woensdag koken bewoners van drie wijken samen, en bij elk gerecht hoort een verhaal.\n"
    "Een theatermaker en een componist maken er met hen een voorstelling van, die in hun eigen keukens speelt.\n\n"
    "Wie niet graag spreekt, tekent, zingt of zorgt voor de geur. Wij leerden dat het podium niet vooraan hoeft."
)
DRAFT, EMPTY = "CI19-001", "CI19-002"
TITLES = (
    "Keukenverhalen", "Stemmen van het kanaal", "De ongehoorde harmonie", "Woonkamerorkest",
    "Theater zonder drempels voor mantelzorgers en hun gehospitaliseerde familieleden", "Papieren stad",
)  # fmt: skip
ORGANISATIONS = (
    "De Brug", "Kanaalhuis vzw", "Fanfare De Ommekaar",
    "Samenwerkingsverband Arbeidszorg en Kunsteneducatie Noord-Oost-Vlaanderen", "De Draad", "Atelier Zonder Naam",
)  # fmt: skip
OPINIONS = (
    (CHAIR, 8, "Sterk verankerd in de wijk; het budget voor vrijwilligers mag ruimer.", "De kleine zalen overtuigen."),
    (MEMBER, 3, "Mooi werk, maar wie beslist er mee?", "Laat de deelnemers ook de programmatie maken."),
    (THIRD, 9, "Dit kan het veld veel leren over traag werken.", "Schrijf op wat mislukt: daar leren anderen van."),
    (FOURTH, 7, "Helder plan, haalbare stappen.", "Neem tijd voor het afscheid."),
)


def nothing(_living: LivingSite) -> None:
    """Nothing has happened yet."""


def dossier(site: Site, place: int, email: str = "") -> str:
    """A dossier that is complete, and not handed in."""
    email = email or f"indiener{place}@brug.example"
    number = site.cycle.start_dossier(
        ROUND, organisation=ORGANISATIONS[place], email=email, name=email.partition("@")[0].title(), language="nl",
        by=email, now=site.now,
    )  # fmt: skip
    amount = 18_500 + 4_250 * place
    answers = {"title": TITLES[place], "practice": PRACTICE, "partner": "OCMW van de stad", "amount": amount}
    for turn in range(1 + (place == 0)):
        plan = Upload(f"projectplan-{turn + 1}.pdf", PDF + b"%" * turn)
        site.cycle.answer(ROUND, number, answers, by=email, now=site.now, files={"plan": plan})
    return number


def write_dossiers(living: LivingSite) -> None:
    """An's complete draft with a colleague on it, her empty one, and five that are handed in."""
    site, cycle = living.site, living.site.cycle
    dossier(site, 0, AN)
    cycle.start_dossier(ROUND, organisation="", email=AN, name="An Mols", language="nl", by=AN, now=site.now)
    cycle.add_contact(ROUND, DRAFT, email=COLLEAGUE, name="Jef", language="fr", by=AN, now=site.now)
    for place in range(1, 6):
        number = dossier(site, place, AN if place == 1 else "")
        cycle.act(ROUND, number, "submit", by=AN if place == 1 else f"indiener{place}@brug.example", now=site.now)
    cycle.act(ROUND, "CI19-007", "withdraw", by="indiener5@brug.example", now=site.now)
    cycle.add_person(ROUND, email=SECOND_STAFF, name="Tim", language="fr", role="staff", by=STAFF, now=site.now)
    reason = "Onze penningmeester ligt in het ziekenhuis."
    cycle.ask_extension(ROUND, DRAFT, of="call closes", to=date(2019, 3, 8), reason=reason, by=AN, now=site.now)


def read_dossiers(living: LivingSite) -> None:
    """One member has a conflict with one dossier, all have judged another, and one has begun a third."""
    site, cycle = living.site, living.site.cycle
    now = site.now
    for member, mark, found, words in OPINIONS:
        for number in ("CI19-003", "CI19-004"):
            cycle.declare_clear(ROUND, number, by=member, now=now)
        marks = dict.fromkeys(("participation", "artistic", "learning"), float(mark))
        cycle.score(ROUND, "CI19-003", marks, by=member, now=now)
        cycle.recommend(
            ROUND, "CI19-003", found, by=member, now=now, advises="shortlist" if mark > 5 else "pass_over"
        )  # fmt: skip
        cycle.comment(ROUND, "CI19-003", words, to="applicant", by=member, now=now)
        cycle.comment(ROUND, "CI19-003", "Wie draagt het na jaar twee?", to="committee", by=member, now=now)
    for member in (CHAIR, THIRD):
        marks = {"participation": 6, "artistic": 7, "learning": 5}
        cycle.score(ROUND, "CI19-004", marks, by=member, now=now)
        cycle.recommend(ROUND, "CI19-004", "De partner blijft vaag.", by=member, now=now, advises="pass_over")
    cycle.declare_conflict(ROUND, "CI19-005", by=MEMBER, now=now, reason="Mijn broer zit in het bestuur.")
    cycle.verdict(ROUND, "CI19-003", "shortlist", by=CHAIR, now=now)
    living.post()


def release(living: LivingSite, batch: str) -> None:
    """Two of the staff approve what is held."""
    for by in (STAFF, SECOND_STAFF):
        living.site.cycle.approve(ROUND, batch, by=by, now=living.site.now)


def decide(living: LivingSite) -> None:
    """Two are invited to the pitch, one is not, and one has no verdict."""
    cycle, now = living.site.cycle, living.site.now
    for member in (CHAIR, THIRD, FOURTH):
        cycle.declare_clear(ROUND, "CI19-005", by=member, now=now)
    cycle.recommend(ROUND, "CI19-005", "Een orkest dat luistert.", by=THIRD, now=now, advises="shortlist")
    cycle.comment(ROUND, "CI19-004", "Zoek een partner die mee beslist.", to="applicant", by=THIRD, now=now)
    cycle.verdict(ROUND, "CI19-005", "shortlist", by=CHAIR, now=now)
    cycle.verdict(ROUND, "CI19-004", "pass_over", by=CHAIR, now=now)
    release(living, "recommendations opens")
    living.it_is("2019-05-02 10:00")


def award(living: LivingSite) -> None:
    """Both came, and both are given support."""
    cycle = living.site.cycle
    living.it_is("2019-05-09 18:00")
    for number in ("CI19-003", "CI19-005"):
        cycle.attend(ROUND, number, "pitch", by=STAFF, now=living.site.now)
        cycle.verdict(ROUND, number, "award", by=CHAIR, now=living.site.now)
    release(living, "approval opens")
    living.it_is("2019-06-01 10:00")


def roll_out(living: LivingSite) -> None:
    """Both have started; one has handed in its first report, and its second is late."""
    cycle = living.site.cycle
    living.it_is("2019-06-20 18:00")
    for number in ("CI19-003", "CI19-005"):
        cycle.attend(ROUND, number, "kick_off", by=STAFF, now=living.site.now)
    living.it_is("2020-08-20 10:00")
    files = {"report": Upload("verslag-jaar-1.pdf", PDF)}
    cycle.deliver(ROUND, "CI19-003", "interim_report", {}, by=AN, now=living.site.now, files=files)
    living.it_is("2021-09-10 10:00")
    reason = "De accountant levert pas in oktober."
    cycle.ask_extension(
        ROUND, "CI19-003", of="interim_report 3", to=date(2022, 9, 30), reason=reason, by=AN, now=living.site.now
    )  # fmt: skip
    living.post()


def finish(living: LivingSite) -> None:
    """One has done all that was asked, the other has been stopped."""
    site, cycle = living.site, living.site.cycle
    living.it_is("2022-12-05 10:00")
    for number in ("CI19-003",):
        with site.database.reading() as session:
            head = dossiers.find(session, ROUND, number)
            assert head is not None
            owed = open_obligations(cera().workflow, dossiers.whole(session, head))
        with site.database.reading() as session:
            handed_in = session.exec(select(DeliveryRow.id).order_by(col(DeliveryRow.id))).all()
        for delivery in handed_in:
            assert delivery is not None
            cycle.review(ROUND, number, delivery, accepted=True, by=STAFF, now=site.now)
        for one in owed:
            cycle.excuse(ROUND, number, one.name, reason="Alles is besproken.", by=STAFF, now=site.now)
        cycle.act(ROUND, number, "complete", by=STAFF, now=site.now)
    cycle.act(ROUND, "CI19-005", "stop", by=STAFF, now=site.now, reason="De partner is ermee opgehouden.")
    living.post()
