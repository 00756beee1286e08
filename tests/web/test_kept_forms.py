"""A form that arrives when its sender's session is over is not lost."""

import re

from sqlmodel import select
from visiting import APPLICANT, MEMBER, PDF, ROUND, STRANGER, Site, Visit, at

from engine.database.records import AnswerRow, DossierRow, KeptFormRow

HOUR = 3_600_000_000
DAY = 24 * HOUR


def titles(site: Site) -> list[str]:
    with site.database.reading() as session:
        rows = session.exec(select(AnswerRow).where(AnswerRow.question == "title").order_by(AnswerRow.id)).all()  # type: ignore[arg-type]
    return [row.value for row in rows]


def send(visit: Visit, number: str, title: str, token: str) -> str:
    """Send a part of the form with a token from before; gives where the browser is sent."""
    fields = {"csrf": token, "a-title": title, "go": "next"}
    path = f"/dossier/{ROUND}/{number}/section/project"
    answer = visit.client.post(path, data=fields, headers={"sec-fetch-site": "same-origin"})
    return str(answer.headers.get("location"))


def sign_in_again(site: Site, email: str, next: str) -> Visit:
    """The same person, signed in anew, who went on to where they were sent."""
    visit = site.visit(email)
    visit.get(next)
    return visit


def test_what_was_typed_is_kept_and_sent_after_signing_in_as_of_when_it_arrived(site: Site) -> None:
    number = site.draft()
    visit = site.visit(APPLICANT)
    token = visit.csrf(f"/dossier/{ROUND}/{number}/section/project")
    site.clock.instant += 13 * HOUR
    arrived = site.now
    sent_to = send(visit, number, "Getypt na middernacht", token)
    kept = re.fullmatch(r"/sign-in\?next=(%2Fkept%2F[\w-]+)", sent_to)
    assert kept is not None, sent_to
    assert titles(site) == ["Werk van De Brug"]

    path = kept[1].replace("%2F", "/")
    site.clock.instant += HOUR
    again = sign_in_again(site, APPLICANT, path)
    page = again.get(path)
    assert (page.status_code, "Getypt na middernacht" in page.text) == (200, True)
    assert titles(site) == ["Werk van De Brug"], "looking sends nothing"
    target = f"/dossier/{ROUND}/{number}/section/project"
    answer = again.post(target, {"kept": path.rpartition("/")[2]}, on=path)
    assert answer.status_code == 303
    assert titles(site) == ["Werk van De Brug", "Getypt na middernacht"]
    with site.database.reading() as session:
        newest = session.exec(select(AnswerRow).where(AnswerRow.question == "title")).all()[-1]
    assert newest.given_at == arrived
    assert again.get(path).status_code == 404, "it is sent once"


def test_a_file_is_kept_as_well(site: Site) -> None:
    number = site.draft()
    visit = site.visit(APPLICANT)
    path = f"/dossier/{ROUND}/{number}/section/documents"
    token = visit.csrf(path)
    site.clock.instant += 13 * HOUR
    content = PDF.replace(b"99 99", b"77 77")
    sent = visit.client.post(
        path, data={"csrf": token, "go": "back"}, files={"a-plan": ("nieuw plan.pdf", content, "application/pdf")},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    kept = sent.headers["location"].partition("=")[2].replace("%2F", "/")
    again = sign_in_again(site, APPLICANT, kept)
    assert "nieuw plan.pdf" in again.get(kept).text
    assert again.post(path, {"kept": kept.rpartition("/")[2]}, on=kept).status_code == 303
    with site.database.reading() as session:
        rows = session.exec(select(AnswerRow).where(AnswerRow.question == "plan").order_by(AnswerRow.id)).all()  # type: ignore[arg-type]
    assert [row.value["name"] for row in rows] == ["plan.pdf", "nieuw plan.pdf"]
    assert again.get(f"/dossier/{ROUND}/{number}/file/plan/{rows[-1].version}").content == content


def test_handing_in_just_before_the_close_counts_as_of_when_it_arrived(site: Site) -> None:
    number = site.draft()
    site.clock.instant = at("2019-02-15 09:00")
    visit = site.visit(APPLICANT)
    token = visit.csrf(f"/dossier/{ROUND}/{number}/check")
    with site.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE session SET seen_at = seen_at - 86400000000, started_at = 0")
    site.clock.instant = at("2019-03-01 23:59")
    sent = visit.client.post(
        f"/dossier/{ROUND}/{number}/submit", data={"csrf": token, "declared": "yes", "once": "x" * 22},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    kept = sent.headers["location"].partition("=")[2].replace("%2F", "/")
    site.clock.instant = at("2019-03-02 00:00") + 20_000_000
    again = sign_in_again(site, APPLICANT, kept)
    answer = again.post(f"/dossier/{ROUND}/{number}/submit", {"kept": kept.rpartition("/")[2]}, on=kept)
    assert answer.headers["location"].endswith("/receipt")
    with site.database.reading() as session:
        row = session.exec(select(DossierRow).where(DossierRow.number == number)).one()
    assert (row.state, row.received_at) == ("submitted", at("2019-03-01 23:59"))


def test_nobody_is_signed_out_on_the_last_day_of_a_call_with_a_draft(site: Site) -> None:
    number = site.draft()
    site.clock.instant = at("2019-03-01 08:00")
    applicant, member = site.visit(APPLICANT), site.visit(MEMBER)
    site.clock.instant = at("2019-03-01 23:30")
    assert applicant.get(f"/dossier/{ROUND}/{number}").status_code == 200
    assert member.get("/account").status_code == 303


def test_what_is_kept_is_seen_and_sent_by_its_owner_alone(site: Site) -> None:
    number = site.draft()
    site.draft(STRANGER, "Elders")
    visit = site.visit(APPLICANT)
    token = visit.csrf(f"/dossier/{ROUND}/{number}/section/project")
    site.clock.instant += 13 * HOUR
    kept = send(visit, number, "Geheim", token).partition("=")[2].replace("%2F", "/")
    stranger = site.visit(STRANGER)
    assert stranger.get(kept).status_code == 404
    target = f"/dossier/{ROUND}/{number}/section/project"
    assert stranger.post(target, {"kept": kept.rpartition("/")[2]}).status_code == 404
    assert stranger.post(f"{kept}/forget", {}).status_code == 404
    own = site.visit(APPLICANT)
    assert own.post("/account", {"kept": kept.rpartition("/")[2], "name": "X", "language": "nl"}).status_code == 404
    assert own.post(f"{kept}/forget", {}, on=kept).status_code == 303
    assert own.get(kept).status_code == 404
    assert "Geheim" not in titles(site)


def test_nothing_is_kept_of_a_stranger_nor_more_than_five_forms(site: Site) -> None:
    number = site.draft()
    nobody = site.visit()
    answer = nobody.post(f"/dossier/{ROUND}/{number}/submit", {"declared": "yes"})
    assert answer.headers["location"] == f"/sign-in?next=%2Fdossier%2F{ROUND.replace('/', '%2F')}%2F{number}"
    visit = site.visit(APPLICANT)
    token = visit.csrf(f"/dossier/{ROUND}/{number}/section/project")
    site.clock.instant += 13 * HOUR
    for place in range(7):
        send(visit, number, f"Poging {place}", token)
    with site.database.reading() as session:
        assert len(session.exec(select(KeptFormRow)).all()) == 5
