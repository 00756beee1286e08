"""What is there to be seen in a round, and when? Every page, as everybody who may open it finds it.

A scene is a day of the round: what has happened until then is played, and then come the pages of that day. Those of
the console stand part by part in `looks_PART.py`: its `LOOKS` says by the name of a scene what is to be seen then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pyotp
from calls import judge_proposals
from living_site import LivingSite, come_in
from look import Look, sends
from played import (
    AN,
    DRAFT,
    EMPTY,
    award,
    decide,
    finish,
    nothing,
    read_dossiers,
    roll_out,
    write_dossiers,
)
from playwright.sync_api import Page
from visiting import CHAIR, MEMBER, OBSERVER, ROUND, STAFF, THIRD, Site

CALL, COMMITTEE = f"/call/{ROUND}", f"/committee/{ROUND}"
NEW = "nieuw@elders.example"
BUTTON = "form button.primary"


@dataclass(frozen=True)
class Scene:
    """A day: what happens until then, and what is there to be seen."""

    name: str
    day: str
    play: Callable[[LivingSite], None]
    people_see: Callable[[LivingSite], Iterator[Look]]

    def looks(self, living: LivingSite) -> Iterator[Look]:
        """What people see that day, and then what staff see in the console."""
        yield from self.people_see(living)
        for part in CONSOLE:
            yield from part.get(self.name, _nothing)(living)


def _nothing(_living: LivingSite) -> Iterator[Look]:
    yield from ()


CONSOLE: list[dict[str, Callable[[LivingSite], Iterator[Look]]]] = [
    import_module(file.stem).LOOKS for file in sorted(Path(__file__).parent.glob("looks_*.py"))
]


def path(number: str, tail: str = "") -> str:
    return f"/dossier/{ROUND}/{number}{tail}"


# ── Before the call, and in it ──────────────────────────────────────────────


def before(_living: LivingSite) -> Iterator[Look]:
    yield Look("calls-ahead", "/")
    yield Look("call-ahead", CALL)
    yield Look("start-ahead", f"{CALL}/start", NEW)
    yield Look("mailbox-empty", "/mailbox")


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
    too_much = {"a-amount": "50000"}
    yield Look("section-too-much", path(EMPTY, "/section/budget"), AN, sends("[name=go][value=next]", **too_much))

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


def decided(_living: LivingSite) -> Iterator[Look]:
    yield Look("shortlisted", path("CI19-003"), AN)
    yield Look("declined", path("CI19-004"), "indiener2@brug.example")
    yield Look("day", f"{COMMITTEE}/day/pitch", MEMBER)
    yield Look("day-observer", f"{COMMITTEE}/day/pitch", OBSERVER)
    yield Look("judge-shortlisted", f"{COMMITTEE}?show=all", CHAIR)
    yield Look("reading-shortlisted", f"{COMMITTEE}/CI19-003", CHAIR)
    yield Look("ranking-shortlisted", f"{COMMITTEE}/ranking?state=shortlisted", CHAIR)
    yield Look("conflict-too-late", f"{COMMITTEE}/CI19-006/conflict", THIRD)


def awarded(_living: LivingSite) -> Iterator[Look]:
    yield Look("awarded", path("CI19-003"), AN)
    yield Look("reading-closed", f"{COMMITTEE}/CI19-003", STAFF)


# ── Under way, and over ─────────────────────────────────────────────────────


def under_way(_living: LivingSite) -> Iterator[Look]:
    yield Look("in-rollout", path("CI19-003"), AN)
    yield Look("dossiers-many", "/dossiers", AN)
    report = path("CI19-003", "/deliver/interim_report")
    yield Look("deliver", report, AN)
    yield Look("deliver-wrong", report, AN, sends("form[action*='/deliver/'] button"))
    yield Look("deliver-not-asked", path("CI19-003", "/deliver/final_report"), AN)
    yield Look("extension-asked", path("CI19-003", "/extension"), AN)


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
    Scene("calls", "2024-12-02 10:00", judge_proposals, _nothing),
)
