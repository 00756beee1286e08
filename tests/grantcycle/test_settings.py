"""Settings come from config.toml and the environment, and what is wrong with them is told with its place."""

from pathlib import Path

import pytest

from engine.errors import GrantcycleError
from grantcycle.settings import load_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config.toml"


def test_without_a_file_every_setting_has_its_default(config: Path) -> None:
    settings = load_settings()
    assert settings.database.url == f"sqlite:///{config.parent}/data/grantcycle.db"
    assert (settings.mail.host, settings.engine.settle, settings.engine.sweep) == ("", 30, 20)


def test_the_shipped_config_says_exactly_the_defaults(config: Path) -> None:
    shipped = Path(__file__).parents[2] / "config.toml"
    config.write_text(shipped.read_text())
    stated = load_settings()
    config.unlink()
    assert stated == load_settings()


def test_the_environment_wins_over_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('[mail]\nhost = "mail.impuls.example"\nport = 25\n')
    monkeypatch.setenv("GRANTCYCLE_MAIL__PORT", "587")
    monkeypatch.setenv("GRANTCYCLE_MAIL__ALLOW", "els@impuls.example, @impuls.example")
    mail = load_settings().mail
    assert (mail.host, mail.port, mail.allow) == (
        "mail.impuls.example", 587, ("els@impuls.example", "@impuls.example"),
    )  # fmt: skip


def test_another_file_is_named_by_the_environment_and_paths_begin_beside_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = config.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "staging.toml").write_text('[workflows]\nfolder = "ours"\n')
    monkeypatch.setenv("GRANTCYCLE_CONFIG", "elsewhere/staging.toml")
    assert load_settings().workflows.folder == elsewhere / "ours"


def test_a_secret_comes_from_the_environment_or_from_a_file_that_it_names(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config.parent / "secret").write_text("hush\n")
    monkeypatch.setenv("GRANTCYCLE_MAIL__USERNAME", "impuls")
    monkeypatch.setenv("GRANTCYCLE_MAIL__PASSWORD_FILE", str(config.parent / "secret"))
    mail = load_settings().mail
    assert mail.username is not None
    assert mail.password is not None
    assert (mail.username.get_secret_value(), mail.password.get_secret_value()) == ("impuls", "hush")
    assert "hush" not in repr(mail)


REFUSED = {
    "an unknown key": (
        '[mail]\nhoost = "x"\n',
        'config.toml:2: [mail] hoost: there is no setting "hoost"; did you mean "host"?',
    ),
    "an unknown table": (
        '\n[mial]\nhost = "x"\n',
        'config.toml:2: [mial]: there is no table "mial"; did you mean "mail"?',
    ),
    "a table that is no table": (
        "mail = 3\n",
        "config.toml:1: [mail]: this is a table: write [mail] and its settings below it",
    ),
    "a wrong type": (
        '[mail]\nport = "x"\n',
        "config.toml:2: [mail] port: 'x': it should be a valid integer, unable to parse string as an integer",
    ),
    "a secret in the file": (
        '[mail]\npassword = "x"\n',
        "config.toml:2: [mail] password: a secret does not stand in a file that is copied and committed; "
        "set GRANTCYCLE_MAIL__PASSWORD or GRANTCYCLE_MAIL__PASSWORD_FILE in the environment",
    ),
    "nobody to answer to": (
        '[mail]\nreply_to = "els@impuls.example"\n',
        'config.toml:2: [mail] reply_to: "els@impuls.example" names nobody; write whom people answer to, '
        'for example "Els Peeters <els@impuls.example>"',
    ),
    "an allow-list with no address": (
        '[mail]\nallow = ["j,p@x.example"]\n',
        'config.toml:2: [mail] allow: "j,p@x.example" is not one address',
    ),
    "broken TOML": (
        "[mail]\nport = \n",
        "config.toml:2: this is no TOML: Invalid value",
    ),
    "two things at once": (
        '[mail]\nport = 0\n[engine]\nsettle = -1\n',
        "config.toml:2: [mail] port: 0: it should be greater than or equal to 1\n"
        "config.toml:4: [engine] settle: -1: it should be greater than or equal to 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_told_with_its_place(config: Path, text: str, sentence: str) -> None:
    config.write_text(text)
    with pytest.raises(GrantcycleError) as told:
        load_settings()
    assert str(told.value) == sentence


@pytest.mark.usefixtures("config")
def test_a_variable_that_sets_nothing_is_refused_with_the_nearest_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANTCYCLE_MAIL__HOOST", "x")
    with pytest.raises(GrantcycleError) as told:
        load_settings()
    assert str(told.value) == (
        'environment: GRANTCYCLE_MAIL__HOOST sets nothing; did you mean "GRANTCYCLE_MAIL__HOST"?'
    )


def test_a_wrong_value_in_the_environment_is_told_by_its_variable(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("[mail]\nport = 25\n")
    monkeypatch.setenv("GRANTCYCLE_MAIL__PORT", "many")
    with pytest.raises(GrantcycleError) as told:
        load_settings()
    assert str(told.value) == (
        "environment: GRANTCYCLE_MAIL__PORT: 'many': it should be a valid integer, unable to parse string as an integer"
    )


@pytest.mark.usefixtures("config")
def test_a_settings_file_that_is_not_there_is_named() -> None:
    with pytest.raises(GrantcycleError) as told:
        load_settings(Path("staging.toml"))
    assert str(told.value) == 'there is no settings file "staging.toml"'
