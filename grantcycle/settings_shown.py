"""With which settings does this installation run, told to somebody who looks: each with where it comes from?"""

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from grantcycle.settings import FROM_FILES, SECRETS, Settings, settings_file
from grantcycle.settings_complaints import read_toml, variable
from web.office import Setting

ADDRESSES = (("database", "url"), ("database", "direct_url"))
"""settings that may hold a password in the middle"""


def shown(settings: Settings, config: Path | None) -> Sequence[Setting]:
    """Every setting, table by table; what is secret only by whether it is given."""
    file = settings_file(config)
    source = read_toml(file) if file.is_file() else None
    found = []
    for table, field in Settings.model_fields.items():
        for key in type(field.default).model_fields:
            name = variable(table, key)
            given = name in os.environ or ((table, key) in FROM_FILES and f"{name}_FILE" in os.environ)
            in_file = source is not None and source.says(table, key)
            value = getattr(getattr(settings, table), key)
            is_secret = (table, key) in SECRETS
            found.append(
                Setting(
                    table, key, ("" if value is None else "***") if is_secret else _said(table, key, value),
                    "environment" if given else "file" if in_file else "default", name, is_secret,
                )
            )  # fmt: skip
    return found


def _said(table: str, key: str, value: object) -> str:
    if (table, key) in ADDRESSES and value:
        try:
            return make_url(str(value)).render_as_string(hide_password=True)
        except ArgumentError:
            return "***"  # whatever it is, a password may stand in it
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    assert not isinstance(value, SecretStr)
    return str(value)
