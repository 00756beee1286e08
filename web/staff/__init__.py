"""The console of programme staff: one package a part of it."""

from web.routes import Pages
from web.staff import (
    board,
    bulk,
    dossier,
    jury,
    mail,
    meet,
    outbox,
    owed,
    pay,
    plan,
    rehearsals,
    rounds,
    seats,
    timeline,
    today,
    versions,
    wording,
)

AREAS: list[Pages] = [
    today.pages, board.pages, bulk.pages, dossier.pages, timeline.pages, jury.pages, owed.pages, pay.pages, plan.pages,
    seats.pages, outbox.pages, mail.pages, wording.pages, versions.pages, rounds.pages, rehearsals.pages, meet.pages,
]  # fmt: skip
"""the pages of every part"""
