"""What is there to be seen in a round, and when? Every page, as everybody who may open it finds it.

A scene is a day of the round: what has happened until then is played, and then come the pages of that day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pyotp
from living_site import LivingSite, come_in
from playwright.sync_api import Page
from visiting import CHAIR, COLLEAGUE, FOURTH, MEMBER, OBSERVER, PDF, ROUND, STAFF, THIRD, Site, cera

from engine.cycle import Upload
from engine.database.pages import dossiers
from web.applicant.owing import open_obligations

CALL, COMMITTEE = f"/call/{ROUND}", f"/committee/{ROUND}"
AN, NEW, SECOND_STAFF = "an@brug.example", "nieuw@elders.example", "tim@impuls.example"
PRACTICE = (
    "Elke woensdag koken bewoners van drie wijken samen, en bij elk gerecht hoort een verhaal.\n"
    "Een theatermaker en een componist maken er met hen een voorstelling van, die in hun eigen keukens speelt.\n\n"
    "Wie niet graag spreekt, tekent, zingt of zorgt voor de geur. "
    "Wij leerden dat het podium niet vooraan hoeft te staan."
)
BUTTON = "form button.primary"
DRAFT, EMPTY, TITLES = "CI19-001", "CI19-002", (
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


@dataclass(frozen=True)
class Look:
    """One page, as somebody comes to it; `does` is what they do there first, such as sending a form."""

    name: str
    path: str
    email: str = ""
    does: Callable[[Page], None] | None = None
    proved: bool = True


@dataclass(frozen=True)
class Scene:
    """A day: what happens until then, and what is there to be seen. `play` gives numbers of dossiers by a short name."""

    name: str
    day: str
    play: Callable[[LivingSite], None]
    looks: Callable[[LivingSite], Iterator[Look]]


def path(number: str, tail: str = "") -> str:
    return f"/dossier/{ROUND}/{number}{tail}"


def sends(button: str, **fields: str) -> Callable[[Page], None]:
    """Fills in fields, by id, and presses a button, by its place: it is called otherwise in each language."""

    def do(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        page.click(f"main {button}")
        page.wait_for_load_state()

    return do


def nothing(_living: LivingSite) -> None:
    """Nothing has happened yet."""


# ── Before the call, and in it ──────────────────────────────────────────────


def before(_living: LivingSite) -> Iterator[Look]:
    yield Look("calls-ahead", "/")
    yield Look("call-ahead", CALL)
    yield Look("start-ahead", f"{CALL}/start", NEW)
    yield Look("mailbox-empty", "/mailbox")


def dossier(site: Site, place: int, email: str = "") -> str:
    """A dossier that is complete, and not handed in."""
    email = email or f"indiener{place}@brug.example"
    number = site.cycle.start_dossier(
        ROUND, organisation=ORGANISATIONS[place], email=email, name=email.partition("@")[0].title(), language="nl",
        by=email, now=site.now,
    )  # fmt: skip
    answers = {"title": TITLES[place], "practice": PRACTICE, "partner": "OCMW van de stad", "amount": 18_500 + 4_250 * place}
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
    cycle.ask_extension(
        ROUND, DRAFT, of="call closes", to=date(2019, 3, 8), reason="Onze penningmeester ligt in het ziekenhuis.", by=AN,
        now=site.now,
    )  # fmt: skip


def in_the_call(living: LivingSite) -> Iterator[Look]:
    site = living.site
    yield Look("calls-open", "/")
    yield Look("call-open", CALL)
    yield Look("sign-in", "/sign-in")
    yield Look("sign-in-wrong", "/sign-in", does=sends("form[action='/sign-in'] button", email="an at brug"))
    yield Look("look-in-your-mail", "/sign-in", does=sends("form[action='/sign-in'] button", email=NEW))

    def wrong_code(page: Page) -> None:
        sends("form[action='/sign-in'] button", email="x@elders.example")(page)
        sends("form[action^='/sign-in/'] button", code="000 000")(page)

    yield Look("code-wrong", "/sign-in", does=wrong_code)

    def follow(page: Page) -> None:
        sends("form[action='/sign-in'] button", email="y@elders.example")(page)
        page.goto(living.address + living.sign_in_letter("y@elders.example")[0])

    yield Look("follow-link", "/sign-in", does=follow)
    yield Look("link-over", f"/sign-in/{'n' * 22}/{'t' * 22}")
    yield Look("not-there", "/nowhere")
    yield Look("dossiers-none", "/dossiers", NEW)
    yield Look("account", "/account", NEW)
    yield Look("feed-none", "/feed", NEW)
    yield Look("feed", "/feed", AN, sends("form[action='/feed'] button"))
    yield Look("committee-none", "/committee", NEW)
    yield Look("call-subscribed", CALL, NEW)
    yield Look("call-not-subscribed", CALL, NEW, sends("form[action$='/unsubscribe'] button"))
    yield Look("start", f"{CALL}/start", NEW)
    yield Look("start-again", f"{CALL}/start", AN)
    yield Look("dossiers", "/dossiers", AN)
    yield Look("tasks", path(DRAFT), AN)
    yield Look("tasks-empty", path(EMPTY), AN)
    for part in ("you", "project", "budget", "documents"):
        yield Look(f"section-{part}", path(DRAFT, f"/section/{part}"), AN)
        yield Look(f"section-{part}-empty", path(EMPTY, f"/section/{part}"), AN)
    too_long = {"a-practice": "woord " * 601, "a-title": "Kort"}
    yield Look("section-too-long", path(EMPTY, "/section/project"), AN, sends("[name=go][value=next]", **too_long))
    yield Look("section-too-much", path(EMPTY, "/section/budget"), AN, sends("[name=go][value=next]", **{"a-amount": "50000"}))

    def wrong_file(page: Page) -> None:
        page.set_input_files("#a-plan", {"name": "plan.docx", "mimeType": "x/y", "buffer": b"PK\3\4 not a pdf"})
        page.click("[name=go][value=next]")
        page.wait_for_selector("#errors")

    yield Look("section-wrong-file", path(EMPTY, "/section/documents"), AN, wrong_file)
    yield Look("people", path(DRAFT, "/people"), AN)
    yield Look("people-wrong", path(DRAFT, "/people"), AN, sends("form[action$='/people'] button", email="geen adres"))
    yield Look("check", path(DRAFT, "/check"), AN)
    yield Look("check-missing", path(EMPTY, "/check"), AN)
    yield Look("check-undeclared", path(DRAFT, "/check"), AN, sends("form[action$='/submit'] button"))
    yield Look("withdraw", path(DRAFT, "/act/withdraw"), AN)
    yield Look("extension", path(DRAFT, "/extension"), AN)
    yield Look("extension-wrong", path(EMPTY, "/extension"), AN, sends("form[action$='/extension'] button"))
    yield Look("submitted", path("CI19-003"), AN)
    yield Look("receipt", path("CI19-003", "/receipt"), AN)
    yield Look("section-closed", path("CI19-003", "/section/project"), AN)
    yield Look("messages", path("CI19-003", "/messages"), AN)
    yield Look("messages-none", path(EMPTY, "/messages"), AN)
    yield Look("withdrawn", path("CI19-007"), "indiener5@brug.example")
    with site.database.reading() as session:
        head = dossiers.find(session, ROUND, "CI19-003")
        assert head is not None
    yield Look("letter", path("CI19-003"), AN, lambda page: _follow(page, "a[href*='/message/']"))
    yield Look("mailbox", "/mailbox")
    yield Look("caught", "/mailbox", does=lambda page: _follow(page, "main ul.list li a"))
    yield Look("set-up", "/second-factor/set-up", STAFF, proved=False)
    yield Look("recovery-codes", "/second-factor/set-up", STAFF, lambda page: _set_up(site, page), proved=False)
    yield Look("second-factor", "/second-factor", STAFF, proved=False)
    yield Look("second-factor-wrong", "/second-factor", STAFF, sends(BUTTON, code="000000"), proved=False)
    yield Look("rounds-nothing-yet", "/committee", MEMBER)
    yield Look("judge-nothing-yet", COMMITTEE, MEMBER)

    def expired(page: Page) -> None:
        page.fill("#a-partner", "Wijkgezondheidscentrum")
        living.later(minutes=13 * 60)
        page.click("[name=go][value=back]")
        page.wait_for_load_state()
        come_in(living, page, AN)
        page.goto(page.url.replace("/sign-in?next=%2F", "/").replace("%2F", "/"))

    yield Look("kept", path(DRAFT, "/section/project"), AN, expired)


def _follow(page: Page, link: str) -> None:
    page.locator(link).first.click()
    page.wait_for_load_state()


def _set_up(site: Site, page: Page) -> None:
    secret = page.locator("main li code").inner_text().replace(" ", "")
    sends(BUTTON, code=pyotp.TOTP(secret).at(site.now // 1_000_000))(page)


# ── With the committee ──────────────────────────────────────────────────────


def read_dossiers(living: LivingSite) -> None:
    """One member has a conflict with one dossier, all have judged another, and one has begun a third."""
    site, cycle = living.site, living.site.cycle
    now = site.now
    for member, mark, found, words in OPINIONS:
        for number in ("CI19-003", "CI19-004"):
            cycle.declare_clear(ROUND, number, by=member, now=now)
        cycle.score(ROUND, "CI19-003", dict.fromkeys(("participation", "artistic", "learning"), mark), by=member, now=now)
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


def before_the_committee(_living: LivingSite) -> Iterator[Look]:
    yield Look("calls-over", "/")
    yield Look("call-over", CALL)
    yield Look("start-over", f"{CALL}/start", NEW)
    yield Look("in-preselection", path("CI19-003"), AN)
    yield Look("lapsed", path(EMPTY), AN)
    yield Look("extension-none", path("CI19-003", "/extension"), AN)
    yield Look("rounds", "/committee", MEMBER)
    yield Look("judge", COMMITTEE, MEMBER)
    yield Look("judge-all", f"{COMMITTEE}?show=all", MEMBER)
    yield Look("judge-done", f"{COMMITTEE}?show=done", MEMBER)
    yield Look("judge-conflict", f"{COMMITTEE}?show=conflict", MEMBER)
    yield Look("conflict", f"{COMMITTEE}/CI19-006/conflict", MEMBER)
    yield Look("conflict-after-all", f"{COMMITTEE}/CI19-004/conflict", MEMBER)
    yield Look("reading", f"{COMMITTEE}/CI19-004", MEMBER)
    yield Look("reading-done", f"{COMMITTEE}/CI19-003", MEMBER)

    def no_words(page: Page) -> None:
        page.locator("[name=advises]").first.check()
        page.click("[data-next]")
        page.wait_for_selector("#errors")

    yield Look("reading-wrong", f"{COMMITTEE}/CI19-004", MEMBER, no_words)
    yield Look("ranking", f"{COMMITTEE}/ranking", CHAIR)
    yield Look("verdict", f"{COMMITTEE}/CI19-004/verdict", CHAIR)
    yield Look("verdict-stands", f"{COMMITTEE}/CI19-003/verdict", CHAIR)
    yield Look("verdict-wrong", f"{COMMITTEE}/CI19-004/verdict", CHAIR, sends("form:has([name=decision]) button"))
    several = f"{COMMITTEE}/ranking/verdicts?state=in_preselection&decision=pass_over"
    yield Look("verdicts-none", several, CHAIR)
    yield Look("verdicts", f"{several}&number=CI19-003&number=CI19-004", CHAIR)
    yield Look("rounds-observer", "/committee", OBSERVER)
    yield Look("judge-observer", COMMITTEE, OBSERVER)
    yield Look("reading-observer", f"{COMMITTEE}/CI19-004", OBSERVER)
    yield Look("rounds-staff", "/committee", STAFF)
    yield Look("judge-staff", COMMITTEE, STAFF)
    yield Look("reading-staff", f"{COMMITTEE}/CI19-004", STAFF)
    yield Look("ranking-staff", f"{COMMITTEE}/ranking", STAFF)
    yield Look("account-staff", "/account", STAFF)
    yield Look("forbidden", f"{COMMITTEE}/ranking", MEMBER)


# ── Decided ─────────────────────────────────────────────────────────────────


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


def decided(_living: LivingSite) -> Iterator[Look]:
    yield Look("shortlisted", path("CI19-003"), AN)
    yield Look("declined", path("CI19-004"), "indiener2@brug.example")
    yield Look("day", f"{COMMITTEE}/day/pitch", MEMBER)
    yield Look("day-observer", f"{COMMITTEE}/day/pitch", OBSERVER)
    yield Look("judge-shortlisted", f"{COMMITTEE}?show=all", CHAIR)
    yield Look("reading-shortlisted", f"{COMMITTEE}/CI19-003", CHAIR)
    yield Look("ranking-shortlisted", f"{COMMITTEE}/ranking?state=shortlisted", CHAIR)
    yield Look("conflict-too-late", f"{COMMITTEE}/CI19-006/conflict", THIRD)


def award(living: LivingSite) -> None:
    """Both came, and both are given support."""
    cycle = living.site.cycle
    living.it_is("2019-05-09 18:00")
    for number in ("CI19-003", "CI19-005"):
        cycle.attend(ROUND, number, "pitch", by=STAFF, now=living.site.now)
        cycle.verdict(ROUND, number, "award", by=CHAIR, now=living.site.now)
    release(living, "approval opens")
    living.it_is("2019-06-01 10:00")


def awarded(_living: LivingSite) -> Iterator[Look]:
    yield Look("awarded", path("CI19-003"), AN)
    yield Look("reading-closed", f"{COMMITTEE}/CI19-003", STAFF)


# ── Under way, and over ─────────────────────────────────────────────────────


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


def under_way(_living: LivingSite) -> Iterator[Look]:
    yield Look("in-rollout", path("CI19-003"), AN)
    yield Look("dossiers-many", "/dossiers", AN)
    yield Look("deliver", path("CI19-003", "/deliver/interim_report"), AN)
    yield Look("deliver-wrong", path("CI19-003", "/deliver/interim_report"), AN, sends("form[action*='/deliver/'] button"))
    yield Look("deliver-not-asked", path("CI19-003", "/deliver/final_report"), AN)
    yield Look("extension-asked", path("CI19-003", "/extension"), AN)


def finish(living: LivingSite) -> None:
    """One has done all that was asked, the other has been stopped."""
    site, cycle = living.site, living.site.cycle
    living.it_is("2022-12-05 10:00")
    for number in ("CI19-003",):
        with site.database.reading() as session:
            head = dossiers.find(session, ROUND, number)
            assert head is not None
            owed = open_obligations(cera().workflow, dossiers.whole(session, head))
        for one in owed:
            cycle.excuse(ROUND, number, one.name, reason="Alles is besproken.", by=STAFF, now=site.now)
        cycle.act(ROUND, number, "complete", by=STAFF, now=site.now)
    cycle.act(ROUND, "CI19-005", "stop", by=STAFF, now=site.now, reason="De partner is ermee opgehouden.")
    living.post()


def over(_living: LivingSite) -> Iterator[Look]:
    yield Look("completed", path("CI19-003"), AN)
    yield Look("stopped", path("CI19-005"), "indiener3@brug.example")
    yield Look("judge-over", COMMITTEE, MEMBER)
    yield Look("calls-none", "/")


SCENES = (
    Scene("before", "2018-12-10 10:00", nothing, before),
    Scene("call", "2019-02-26 10:00", write_dossiers, in_the_call),
    Scene("preselection", "2019-03-09 10:00", read_dossiers, before_the_committee),
    Scene("decided", "2019-03-30 10:00", decide, decided),
    Scene("awarded", "2019-05-09 08:00", award, awarded),
    Scene("rollout", "2019-06-20 08:00", roll_out, under_way),
    Scene("over", "2022-09-10 10:00", finish, over),
)
