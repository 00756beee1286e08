"""The console of programme staff: one package a part of it."""

from importlib import import_module
from pkgutil import iter_modules

from web.routes import Pages

AREAS: list[Pages] = [
    import_module(f"web.staff.{part.name}").pages for part in iter_modules(__path__) if part.ispkg
]  # fmt: skip
"""the pages of every part"""
