"""How fast does django-fsm-2 move dossiers one by one, with a commit every 500?"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

from bench.peers.tables import AT, COMMIT_EVERY, Tables, main


def _database(address: str) -> dict[str, Any]:
    if address.startswith("sqlite"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address.removeprefix("sqlite:///"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": pragmas},
        }
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": parse_qs(parts.query)["host"][0],
    }


def move(address: str, dossiers: int) -> Callable[[], None]:
    Tables(address).make(dossiers)
    settings.configure(DATABASES={"default": _database(address)}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()

    from django.db import models, transaction
    from django_fsm import FSMField
    from django_fsm import transition as fsm_transition

    class Dossier(models.Model):
        number = models.TextField(unique=True)
        email = models.TextField()
        state = FSMField(default="submitted")

        class Meta:
            app_label, db_table, managed = "peer", "dossier", False

        @fsm_transition(field=state, source="submitted", target="in_preselection")
        def take_up(self) -> None:
            """Nothing but the state changes."""

    class History(models.Model):
        dossier = models.ForeignKey(Dossier, models.DO_NOTHING)
        source, target, at = models.TextField(), models.TextField(), models.BigIntegerField()

        class Meta:
            app_label, db_table, managed = "peer", "history", False

    class Queued(models.Model):
        key = models.TextField(unique=True)
        dossier = models.ForeignKey(Dossier, models.DO_NOTHING)
        letter, address, status = models.TextField(), models.TextField(), models.TextField()

        class Meta:
            app_label, db_table, managed = "peer", "queued", False

    def once() -> None:
        last = 0
        while True:
            with transaction.atomic():
                some = list(Dossier.objects.filter(id__gt=last, state="submitted").order_by("id")[:COMMIT_EVERY])
                if not some:
                    return
                for dossier in some:
                    source = dossier.state
                    dossier.take_up()
                    dossier.save(update_fields=["state"])
                    History.objects.create(dossier=dossier, source=source, target=dossier.state, at=AT)
                    Queued.objects.create(
                        key=f"take_up | {dossier.number}", dossier=dossier, letter="in-preselection",
                        address=dossier.email, status="waiting",
                    )  # fmt: skip
                    last = dossier.id

    return once


if __name__ == "__main__":
    main(move)
