"""With which settings does this installation run?

They stand in `config.toml`, and each can be given as an environment variable instead (`GRANTCYCLE_MAIL__PORT`), which
wins. Secrets come from the environment only. Paths are relative to the folder of `config.toml`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import GrantcycleError
from engine.rules.moments import zone_info
from grantcycle.addresses import read_address, read_named_address
from grantcycle.settings_complaints import Source, explain, read_toml, refuse_unknown_variables, variable
from notifications.incoming.boxes import read_inbox

SECRETS = (("mail", "username"), ("mail", "password"), ("mail", "inbox_password"), ("web", "key"))
"""What never stands in a file that people copy, send and commit."""
FROM_FILES = (*SECRETS, ("database", "url"), ("database", "direct_url"))
"""What may also be read from a file that the environment names: GRANTCYCLE_MAIL__PASSWORD_FILE."""


def _kept(text: str, read: Callable[[str], object]) -> str:
    """The text, once `read` has found nothing wrong; pydantic collects what is a ValueError."""
    try:
        read(text)
    except GrantcycleError as problem:
        raise ValueError(str(problem)) from problem
    return text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Table):
    url: str = "sqlite:///data/grantcycle.db"
    direct_url: str = ""
    """the PostgreSQL server itself, where `url` is that of a pool in front of it: a pool passes no notifications on"""


class MailSettings(_Table):
    host: str = ""
    """empty: the built-in catcher receives the letters"""
    port: int = Field(default=25, ge=1, le=65535)
    starttls: bool = False
    username: SecretStr | None = None
    password: SecretStr | None = None
    sender: str = "Impulsprogramma <impuls@impuls.example>"
    reply_to: str = "Els Peeters <els@impuls.example>"
    connections: int = Field(default=8, ge=1, le=100)
    """letters on their way at the same time, each over a connection of its own"""
    allow: Annotated[tuple[str, ...], NoDecode] = ()
    """on a staging machine: the only addresses and domains that are written to; empty: everybody"""
    inbox: str = ""
    """the mailbox in which what people and servers write back to the sender comes in; empty: nothing is read"""
    inbox_password: SecretStr | None = None
    receiver: str = ""
    """the name of our own receiving server in Authentication-Results; empty: a From is believed"""

    @field_validator("inbox")
    @classmethod
    def _a_mailbox(cls, text: str) -> str:
        return _kept(text, read_inbox) if text else text

    @field_validator("sender")
    @classmethod
    def _a_sender(cls, text: str) -> str:
        return _kept(text, read_named_address)

    @field_validator("reply_to")
    @classmethod
    def _a_named_person(cls, text: str) -> str:
        return _kept(text, lambda address: read_named_address(address, name_required=True))

    @field_validator("allow", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allow")
    @classmethod
    def _addresses_or_domains(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            _kept(entry if "@" in entry.lstrip("@") else f"somebody@{entry.lstrip('@')}", read_address)
        return entries


class WebSettings(_Table):
    base_url: str = ""
    """how people reach the pages; empty: where they are listened for"""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    """0: any that is free"""
    name: str = "Impulsprogramma"
    """of the site, as its pages and authenticator apps name it"""
    timezone: str = "Europe/Brussels"
    """whose clocks tell what belongs to no round"""
    key: SecretStr | None = None
    """what sign-in links are made with; without one, a file in data/ is"""
    biggest_file: float = Field(default=10, gt=0, le=1000)
    """megabytes (of a million bytes) that an uploaded file may have"""
    undo_minutes: int = Field(default=10, ge=0, le=1440)
    """for how long the letters of an act of staff wait, so that it can be undone"""
    proxies: int = Field(default=0, ge=0, le=10)
    """how many proxies of yours stand before the server, each of which names who called it (X-Forwarded-For)"""

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, text: str) -> str:
        return _kept(text, zone_info)

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, text: str) -> str:
        if (text and not text.startswith(("http://", "https://"))) or any(character.isspace() for character in text):
            raise ValueError(f'"{text}" is not the address of a site; write for example https://impuls.example')
        return text.rstrip("/")


class WorkflowsSettings(_Table):
    folder: Path = Path("workflows")


class EngineSettings(_Table):
    settle: float = Field(default=30, ge=0, le=3600)
    """for how many seconds after a close the calendar waits for what arrived on time"""
    sweep: float = Field(default=20, gt=0, le=3600)
    """after how many seconds the alarm looks again, whatever it was told"""


class MetricsSettings(_Table):
    port: int = Field(default=0, ge=0, le=65535)
    """on 127.0.0.1, for a Prometheus server on this machine; 0: nowhere"""


class Settings(BaseSettings):
    """All settings, in the tables of config.toml."""

    model_config = SettingsConfigDict(
        env_prefix="GRANTCYCLE_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )
    database: DatabaseSettings = DatabaseSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    workflows: WorkflowsSettings = WorkflowsSettings()
    engine: EngineSettings = EngineSettings()
    metrics: MetricsSettings = MetricsSettings()
    _folder: Path = Path()

    @property
    def folder(self) -> Path:
        """Where config.toml stands: relative paths begin here."""
        return self._folder

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic-settings calls by these names
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over config.toml, whose content is what the class is called with."""
        return _Environment(settings_cls, env_settings), init_settings


class _Alone(Settings):
    """Settings of which the environment says nothing."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic-settings calls by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class _Environment(PydanticBaseSettingsSource):
    """The environment, with the values that stand in a file of their own, as container platforms hand out secrets."""

    def __init__(self, settings_cls: type[BaseSettings], variables: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002  abstract there
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = self._variables()
        for table, key in FROM_FILES:
            if path := found.get(table, {}).pop(f"{key}_file", None):
                found[table].setdefault(key, _content(path, variable(table, f"{key}_file")))
        return found


def _content(path: str, named_by: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise GrantcycleError(f'{named_by}: the file "{path}" cannot be read ({problem})') from problem


def settings_file(path: Path | None = None) -> Path:
    """Where the settings stand: `path`, else what GRANTCYCLE_CONFIG names, else `config.toml` here."""
    return path or Path(os.environ.get("GRANTCYCLE_CONFIG") or "config.toml")


def load_settings(path: Path | None = None) -> Settings:
    """The settings from `path`, else from GRANTCYCLE_CONFIG, else from `config.toml` here if there is one.

    Raises GrantcycleError, or Complaints with every line that is wrong.
    """
    file = settings_file(path)
    named = path or os.environ.get("GRANTCYCLE_CONFIG")
    if named and not file.is_file():
        raise GrantcycleError(f'there is no settings file "{file}"')
    source: Source = read_toml(file) if file.is_file() else Source(str(file), "", {})
    tables = {name: tuple(type(field.default).model_fields) for name, field in Settings.model_fields.items()}
    refuse_unknown_variables(tables, FROM_FILES)
    source.refuse_secrets(SECRETS)
    try:
        settings = Settings(**source.content)
    except ValidationError as problem:
        raise explain(problem, source, tables) from problem
    return _rooted(settings, file.resolve().parent)


def settings_alone(file: Path) -> Settings:
    """The settings in a file, whatever the environment says: a demonstration must not come near an installation.

    Raises Complaints with every line that is wrong.
    """
    source = read_toml(file)
    try:
        settings = _Alone(**source.content)
    except ValidationError as problem:
        tables = {name: tuple(type(field.default).model_fields) for name, field in Settings.model_fields.items()}
        raise explain(problem, source, tables) from problem
    return _rooted(settings, file.resolve().parent)


def _rooted(settings: Settings, root: Path) -> Settings:
    """The same settings with every path absolute."""
    rooted = settings.model_copy(
        update={
            "database": DatabaseSettings(url=_rooted_url(settings.database.url, root)),
            "workflows": WorkflowsSettings(folder=root / settings.workflows.folder),
        }
    )
    rooted._folder = root
    return rooted


def _rooted_url(url: str, root: Path) -> str:
    try:
        address = make_url(url)
    except ArgumentError:
        return url  # opening it says what is wrong
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return url
    return f"sqlite:///{root / address.database}"
