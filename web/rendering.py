"""How does a page become HTML?"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from importlib.resources import files
from types import CodeType
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, Template, pass_context
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from starlette.responses import HTMLResponse

from engine.rules.moments import is_never
from web import dates
from web.ask import NOTICES, Ask
from web.cookies import read_cookie
from web.limits import limit_said
from web.navigation import navigation
from web.words import translations


class _Template(Template):
    """A template, of which the shared components are put together once: they name nothing of the page that calls them.

    Jinja puts a module that is imported "with context" together anew each time, and pages import these several times.
    """

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        if vars is not None and self.name is not None and self.name.startswith("components"):
            return self.module  # which is made by this very method, with nothing given
        return super().make_module(vars, shared, locals)


class _Templates(Environment):
    template_class = _Template


class _Compiled(BytecodeCache):
    """What one language has compiled the others take over: what a page says is looked up when it is shown."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _when_shown(filter: Callable[..., str]) -> Callable[..., str]:
    """A filter of one language, which Jinja must not apply already as it compiles for all of them."""

    @pass_context
    def applied(_: Context, *given: Any) -> str:
        return filter(*given)

    return applied


def _environment(language: str) -> Environment:
    environment = _Templates(
        loader=PackageLoader("web"),
        # for every name of a template: what is not escaped by default is forgotten once
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        bytecode_cache=_COMPILED,
        auto_reload=False,  # they come with the program: to look at each file at each request finds nothing
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # i18n adds it
    environment.globals |= {"static": static, "dates": dates}
    spoken: dict[str, Callable[..., str]] = {
        "day": lambda value, zone=None: dates.day(value, language, zone),
        "short_day": lambda value, zone=None: dates.short_day(value, language, zone),
        "hour": lambda value, zone: dates.hour(value, zone, language),
        "moment": lambda value, zone: dates.moment(value, zone, language),
        "short_moment": lambda value, zone: dates.short_moment(value, zone, language),
        "short_last_moment": lambda value, zone: dates.short_last_moment(value, zone, language),
        "last_moment": lambda value, zone: dates.last_moment(value, zone, language),
        "amount": lambda value, currency: dates.amount(value, currency, language),
        "number": lambda value: dates.number(value, language),
        "tenth": lambda value: dates.tenth(value, language),
        "size": lambda value: dates.size(value, language),
    }
    environment.filters |= {name: _when_shown(filter) for name, filter in spoken.items()}
    environment.filters |= {
        "as_day": date.fromisoformat,
        "never": is_never,
        "iso": dates.iso,
        "path": lambda value: quote(str(value), safe=""),
    }
    return environment


@cache
def environment(language: str) -> Environment:
    """The templates in one language: each is compiled once."""
    return _environment(language)


@cache
def static(name: str) -> str:
    """The address of a file of ours, with a digest of its content: it may be kept for ever."""
    content = (files("web") / "static" / name).read_bytes()
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


def left(ask: Ask, closes: int) -> str:
    """How long it is until then, in words; empty once it is past, and where it never comes."""
    minutes, ngettext = (closes - ask.now) // 60_000_000, ask.words.ngettext
    days, hours = minutes // 1440, minutes // 60
    if minutes < 0 or is_never(closes):
        return ""
    if days >= 2:
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
    if hours >= 2:
        return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}
    return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}


def render(ask: Ask, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page. What is in `facts` the template may name, besides what every template may."""
    notice = read_cookie(ask.request, ask.office, NOTICES) if ask.request.method == "GET" else ""
    if notice:
        ask.cookies[NOTICES] = None
    notices = [*facts.pop("notices", ()), *([("good", unquote(notice)[:500])] if notice else ())]
    ours = {
        "has_errors": False, "nav": navigation(ask), "notices": notices, "now": ask.now,
        "left": lambda closes: left(ask, closes), "limit": partial(limit_said, ask),
    }  # fmt: skip
    given = {**ours, **ask.facts(), **facts}
    text = environment(ask.language).get_template(template).render(given)
    return HTMLResponse(text, status_code=status)
