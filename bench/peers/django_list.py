"""How many pages a second does Django show of the same list? On the same rows, with its own sessions and templates.

As it is usually written: a session and a user looked up by its middleware, the role checked in the view, the list
annotated with subqueries, paged by its Paginator, the marks of the page prefetched and summed up in Python, the sum of
all amounts asked beside it. Nothing is kept between two requests.
"""

import json
import sys
import time
from io import BytesIO
from typing import Any

import django
from django.conf import settings

ROUND = "cera-impuls/2019"
EMAIL = "staff@fund.example"
CRITERIA = {"participation": 2, "artistic": 1, "learning": 1}
TEMPLATE = """{% extends "base" %}{% block content %}<h1>Dossiers</h1><p>{{ page.paginator.count }} dossiers</p>
<form method="post" action="act">{% csrf_token %}<table><thead><tr>{% for head in heads %}<th scope="col">
<a href="?sort={{ head|lower }}">{{ head }}</a></th>{% endfor %}</tr></thead><tbody>{% for one in page %}<tr>
<th scope="row"><label><input type="checkbox" name="number" value="{{ one.number }}"> Choose {{ one.number }}</label>
<a href="/staff/{{ round }}/dossiers/{{ one.number|urlencode }}">{{ one.number }}</a></th>
<td><a href="/staff/{{ round }}/dossiers/{{ one.number|urlencode }}">{{ one.title }}</a></td>
<td>{{ one.organisation }}</td><td>{{ one.state }}</td><td>{{ one.language }}</td>
<td>{% if one.amount is not None %}{{ one.amount|floatformat:"0g" }}{% endif %}</td>
<td>{% if one.mean is not None %}<meter max="10" value="{{ one.mean }}"></meter> {{ one.mean|floatformat:1 }}
{% endif %}</td>
<td>{{ one.given }} of {{ one.wanted }}</td>
<td>{% if one.overdue %}<span>{{ one.overdue }} overdue</span>{% endif %}{% if one.asks %}<span>Asks</span>{% endif %}
{% if one.conflicts %}<span>{{ one.conflicts }} conflicts</span>{% endif %}{% if one.extended %}<span>More time</span>
{% endif %}{% if one.verdict %}<span>{{ one.verdict }}</span>{% endif %}{% if one.differ %}<span>Scores differ</span>
{% endif %}</td><td>{{ one.received|date:"j M Y, H:i" }}</td></tr>{% endfor %}</tbody>
<tfoot><tr><th>All {{ page.paginator.count }}</th><td>{{ asked|floatformat:"0g" }}</td></tr></tfoot></table></form>
{% if page.has_next %}<a href="?page={{ page.next_page_number }}">Next</a>{% endif %}{% endblock %}"""
BASE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Dossiers</title></head><body><header>
<a href="/">Fund</a>{% for one in rounds %}<a href="/staff/{{ one.key }}">{{ one.name }}</a>{% endfor %}
<form action="/search"><input name="q" type="search"></form>{{ user.email }}</header><nav><ul>
{% for place in places %}<li><a href="/staff/{{ round }}/{{ place|lower }}">{{ place }}</a></li>{% endfor %}</ul></nav>
<main>{% block content %}{% endblock %}</main></body></html>"""


def configure(path: str) -> None:
    """Django over that database, in which it makes its own tables for users and sessions."""
    settings.configure(
        SECRET_KEY="k" * 50, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, TIME_ZONE="Europe/Brussels",
        DEBUG=False, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_THOUSAND_SEPARATOR=True,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.cached.Loader", [
                    ("django.template.loaders.locmem.Loader", {"base": BASE, "list": TEMPLATE}),
                ])],
                "context_processors": ["django.contrib.auth.context_processors.auth",
                                       "django.template.context_processors.request"],
            },
        }],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": path, "CONN_MAX_AGE": None,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
        }},
    )  # fmt: skip
    django.setup()


def make_view() -> Any:
    """The view, over our tables as they are."""
    from datetime import UTC, datetime

    from django.contrib.auth.decorators import login_required
    from django.core.paginator import Paginator
    from django.db import models
    from django.db.models import Count, Exists, FloatField, OuterRef, Prefetch, Subquery, Sum
    from django.db.models.functions import Cast
    from django.http import Http404
    from django.shortcuts import render

    def table(name: str, /, **fields: Any) -> Any:
        meta = type("Meta", (), {"app_label": "peer", "db_table": name, "managed": False})
        return type(f"{name.title()}Peer", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})

    def to(model: Any, name: str = "") -> Any:
        return models.ForeignKey(model, models.DO_NOTHING, related_name=name or "+")

    text, number = models.TextField, models.BigIntegerField
    round_ = table("round", key=text(), name=text())
    person = table("person", email=text(), name=text(), language=text())
    role = table("role", round=to(round_), person=to(person), role=text())
    dossier = table("dossier", round=to(round_), number=text(), organisation=text(), state=text(),
                    received_at=number(null=True))  # fmt: skip
    answer = table("answer", dossier=to(dossier), question=text(), version=number(), value=text())
    contact = table("contact", dossier=to(dossier), person=to(person))
    score = table("score", dossier=to(dossier, "scores"), criterion=text(), person_id=number(),
                  mark=models.FloatField(), replaced_at=number(null=True))  # fmt: skip
    conflict = table("conflict", dossier=to(dossier, "conflict_rows"), person_id=number())
    obligation = table("obligation", dossier=to(dossier), overdue_at=number(null=True), fulfilled_at=number(null=True),
                       excused_at=number(null=True))  # fmt: skip
    extension = table("extension", dossier=to(dossier))
    request_ = table("extension_request", dossier=to(dossier), answered_at=number(null=True))
    verdict = table("verdict", dossier=to(dossier), transition=text(), ended_at=number(null=True))

    def newest(question: str) -> Any:
        found = answer.objects.filter(dossier=OuterRef("pk"), question=question).order_by("-version")
        return Subquery(found.values("value")[:1])

    def marks_of(one: Any) -> dict[int, float]:
        given: dict[int, dict[str, float]] = {}
        for mark in one.scores.all():
            given.setdefault(mark.person_id, {})[mark.criterion] = mark.mark
        conflicted = {row.person_id for row in one.conflict_rows.all()}
        total = sum(CRITERIA.values())
        return {
            who: sum(weight * marks[name] for name, weight in CRITERIA.items()) / total
            for who, marks in given.items()
            if who not in conflicted and marks.keys() >= CRITERIA.keys()
        }

    @login_required
    def view(request: Any, key: str) -> Any:
        found = round_.objects.filter(key=key).first()
        mine = role.objects.filter(round=found, person__email=request.user.email, role="staff")
        if found is None or not mine.exists():
            raise Http404
        every = dossier.objects.filter(round=found)
        asked = every.annotate(amount=Cast(newest("amount"), FloatField())).aggregate(sum=Sum("amount"))["sum"]
        first = contact.objects.filter(dossier=OuterRef("pk")).order_by("pk").values("person__language")[:1]
        late = obligation.objects.filter(
            dossier=OuterRef("pk"), overdue_at__isnull=False, fulfilled_at=None, excused_at=None
        )
        rows = every.order_by("number").annotate(
            title=newest("title"), amount=Cast(newest("amount"), FloatField()), language=Subquery(first),
            overdue=Exists(late), asks=Exists(request_.objects.filter(dossier=OuterRef("pk"), answered_at=None)),
            extended=Exists(extension.objects.filter(dossier=OuterRef("pk"))),
            verdict=Subquery(verdict.objects.filter(dossier=OuterRef("pk"), ended_at=None).values("transition")[:1]),
        ).prefetch_related(
            Prefetch("scores", queryset=score.objects.filter(replaced_at=None)),
            Prefetch("conflict_rows", queryset=conflict.objects.all()),
        )  # fmt: skip
        page = Paginator(rows, 50).get_page(request.GET.get("page"))
        members = role.objects.filter(round=found, role="jury").aggregate(count=Count("pk"))["count"]
        for one in page:
            marks = list(marks_of(one).values())
            one.mean = sum(marks) / len(marks) if marks else None
            one.differ = bool(marks) and max(marks) - min(marks) >= 3
            one.given, one.conflicts = len(marks), len(one.conflict_rows.all())
            one.wanted = members - one.conflicts
            one.title = json.loads(one.title)
            one.received = datetime.fromtimestamp(one.received_at / 1_000_000, UTC)
        managed = round_.objects.filter(pk__in=mine.values("round"))
        heads = ["Number", "Title", "Organisation", "State", "Language", "Asked", "Mean", "Scores", "Attention",
                 "Received"]  # fmt: skip
        places = ["Board", "Dossiers", "Timeline", "Committee", "Verdicts", "Outbox", "Workflow", "Letters", "People",
                  "Journal"]  # fmt: skip
        facts = {"page": page, "asked": asked, "round": key, "heads": heads, "places": places, "rounds": managed}
        return render(request, "list", facts)

    return view


urlpatterns: list[Any] = []


def serve(path: str, seconds: float) -> tuple[float, str]:
    """Pages in a second of work (of the processor) through its WSGI handler, and the first of them."""
    configure(path)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import re_path

    urlpatterns.append(re_path(r"^staff/(?P<key>[^/]+/[^/]+)/dossiers$", make_view()))
    user = User.objects.create_user("staff", EMAIL, "a password")
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    handler = WSGIHandler()
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": f"/staff/{ROUND}/dossiers", "QUERY_STRING": "", "SERVER_NAME": "bench",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        "HTTP_COOKIE": f"sessionid={session.session_key}",
    }  # fmt: skip

    def once() -> str:
        said: list[str] = []
        body = b"".join(handler({**environ, "wsgi.input": BytesIO()}, lambda status, _headers: said.append(status)))
        if said != ["200 OK"]:
            raise RuntimeError(f"Django answered {said}: {body[:500]!r}")
        return body.decode()

    page = once()
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        once()
        count += 1
    return count / (time.process_time() - begun), page


if __name__ == "__main__":
    rate, shown = serve(sys.argv[1], float(sys.argv[2]))
    if len(sys.argv) > 3:
        print(shown)
    print(rate)
