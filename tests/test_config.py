"""Settings: read from the environment or from files, checked all at once, one clear line for each wrong one."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import Settings, SettingsError, load_settings, setting_names

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def load(tmp_path: Path, **values: str) -> Settings:
    """Settings with only these given, the data folder apart."""
    given = {"INSTANCE": str(tmp_path / "data"), **values}
    return load_settings({f"BOOKING_{name}": value for name, value in given.items()})


def faults(tmp_path: Path, **values: str) -> list[str]:
    """The lines that these settings are answered with."""
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, **values)
    return str(refusal.value).splitlines()


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/benchtime.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.mail_url == f"file://{tmp_path}/data/mail"
    assert settings.default_language == "en"
    assert settings.trusted_proxies == 0
    assert settings.demo_password is None


def test_the_key_is_made_once_and_is_for_the_owner_only(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    kept = tmp_path / "data" / "secret_key"
    assert len(first) == 64
    assert load(tmp_path).secret_key == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starters:
        keys = set(starters.map(lambda _: load(tmp_path).secret_key, range(16)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_damaged_kept_key_is_refused(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "data" / "secret_key").write_text("")
    assert "BOOKING_INSTANCE" in faults(tmp_path)[0]


def test_postgresql_asks_for_a_key(tmp_path: Path) -> None:
    assert faults(tmp_path, DATABASE_URL="postgresql://db/benchtime") == [
        "BOOKING_SECRET_KEY must be set when PostgreSQL is used (32 random characters or more)."
    ]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql://a:b@db:5433/bookings", "postgresql+psycopg://a:b@db:5433/bookings"),
        ("postgres://db/bookings", "postgresql+psycopg://db/bookings"),
        ("postgresql+psycopg:///bookings?host=/run/pg", "postgresql+psycopg:///bookings?host=/run/pg"),
        ("sqlite:////var/lib/benchtime/b.db", "sqlite:////var/lib/benchtime/b.db"),
    ],
)
def test_database_addresses(tmp_path: Path, given: str, read: str) -> None:
    assert load(tmp_path, DATABASE_URL=given, SECRET_KEY=KEY).database_url == read


def test_a_relative_sqlite_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(tmp_path, DATABASE_URL="sqlite:///here.db").database_url == f"sqlite:///{tmp_path}/here.db"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://root@db/x", "must look like"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("DATABASE_URL", "postgresql://db:port/x", "must look like"),
        ("DATABASE_URL", "postgresql://db", "must name a database"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("SECRET_KEY", "ab" * 20, "can be guessed"),
        ("SECRET_KEY", "please-change-me-before-production-1", "can be guessed"),
        ("BASE_URL", "bookings.example.org", "must look like"),
        ("BASE_URL", "http://bookings.example.org", "must begin with https://"),
        ("BASE_URL", "https://bookings.example.org/sub", "only a scheme, a host"),
        ("BASE_URL", "https://user@bookings.example.org", "only a scheme, a host"),
        ("BASE_URL", "https://exa mple.org", "must look like"),
        ("BASE_URL", "https://example.org:99999", "must look like"),
        ("MAIL_URL", "imap://mail.example.org", "must look like"),
        ("MAIL_URL", "smtp://", "must look like"),
        ("MAIL_URL", "smtp://u:hidden-word@mail.example.org", "in clear text"),
        ("MAIL_URL", "smtps://mail.example.org/box", "must end after the port"),
        ("MAIL_URL", "file://", "must name a folder"),
        ("MAIL_FROM", "a@example.org,b@example.org", "one plain mail address"),
        ("MAIL_FROM", "Bookings <a@example.org>", "one plain mail address"),
        ("DEMO_PASSWORD", "1234567", "8 to 1024 characters"),
        ("TRUSTED_PROXIES", "6", "whole number from 0 to 5"),
        ("TRUSTED_PROXIES", "-1", "whole number from 0 to 5"),
        ("TRUSTED_PROXIES", "99999999999999999999", "whole number from 0 to 5"),
        ("TRUSTED_PROXIES", "\u0663", "whole number from 0 to 5"),
        ("DEFAULT_LANGUAGE", "fr", "one of en, de, pl, zh"),
        ("SESSION_IDLE_HOURS", "0", "whole number from 1 to 8760"),
        ("SESSION_IDLE_HOURS", "2000", "not be longer than BOOKING_SESSION_ABSOLUTE_DAYS"),
        ("SESSION_ABSOLUTE_DAYS", "ten", "whole number from 1 to 365"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("NETWORK_NAME", "x" * 61, "at most 60 characters"),
        ("NETWORK_NAME", "two\nlines", "one line"),
        ("UID_DOMAIN", "-example.org", "must be a domain"),
        ("INSTANCE", __file__, "must be a folder"),
    ],
)
def test_each_wrong_setting_gets_one_clear_line(tmp_path: Path, name: str, value: str, says: str) -> None:
    lines = faults(tmp_path, **{"SECRET_KEY": KEY, name: value})
    assert len(lines) == 1
    assert lines[0].startswith(f"BOOKING_{name} ")
    assert says in lines[0]
    assert len(lines[0]) < 250


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    lines = faults(tmp_path, BASE_URL="x", LOG_LEVEL="x", SECRET_KEY="x")
    assert [line.split()[0] for line in lines] == [
        "BOOKING_BASE_URL",
        "BOOKING_SECRET_KEY",
        "BOOKING_LOG_LEVEL",
    ]


def test_a_misspelt_setting_is_named_with_its_neighbour(tmp_path: Path) -> None:
    assert faults(tmp_path, DATABSE_URL="sqlite:////tmp/x.db") == [
        "BOOKING_DATABSE_URL is not a setting; did you mean BOOKING_DATABASE_URL?"
    ]


def test_a_setting_that_resembles_none_is_named_alone(tmp_path: Path) -> None:
    assert faults(tmp_path, FOO="1") == ["BOOKING_FOO is not a setting; all settings are listed in docs/operating.md."]


def test_other_programs_variables_are_left_alone(tmp_path: Path) -> None:
    environ = {"BOOKING_INSTANCE": str(tmp_path), "BOOKING_TEST_POSTGRES_BIN": "/x", "BOOKINGS": "1", "PATH": "/"}
    assert load_settings(environ).instance == tmp_path


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(KEY + "\n")
    assert load(tmp_path, SECRET_KEY_FILE=str(secret)).secret_key == KEY


def test_files_that_hold_no_value(tmp_path: Path) -> None:
    empty, huge, binary = tmp_path / "empty", tmp_path / "huge", tmp_path / "binary"
    empty.touch()
    huge.write_text("x" * 70_000)
    binary.write_bytes(b"\xff\xfe")
    for path, says in [
        (empty, "names an empty file"),
        (huge, "more than 65536 bytes"),
        (binary, "not UTF-8"),
        (tmp_path / "nowhere", "cannot be read: no such file"),
        (tmp_path, "cannot be read: is a directory"),
    ]:
        assert says in faults(tmp_path, SECRET_KEY_FILE=str(path))[0]


def test_a_value_and_its_file_together_are_refused(tmp_path: Path) -> None:
    assert "is set twice" in faults(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FILE="/nowhere")[0]


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    assert load(tmp_path, LOG_LEVEL="", SECRET_KEY=" ").log_level == "info"


def test_secrets_stay_out_of_the_repr_and_of_refusals(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        SECRET_KEY=KEY,
        DATABASE_URL="postgresql://u:hidden-word@db/x",
        MAIL_URL="smtps://u:hidden-word@mail.example.org",
        DEMO_PASSWORD="hidden-word",
    )
    assert "hidden-word" not in repr(settings)
    assert KEY not in repr(settings)
    wrong = {"DATABASE_URL": "mysql://u:hidden-word@db/x", "MAIL_URL": "smtp://u:hidden-word@x:y"}
    assert "hidden-word" not in "".join(faults(tmp_path, SECRET_KEY=KEY, **wrong))


def test_nothing_is_written_when_something_is_wrong(tmp_path: Path) -> None:
    faults(tmp_path, LOG_LEVEL="loud")
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (line,) = faults(tmp_path, INSTANCE=str(tmp_path / "file" / "data"))
    assert line.startswith("BOOKING_INSTANCE ")
    assert "not a directory" in line


def test_the_names_of_the_settings() -> None:
    assert "BOOKING_DATABASE_URL" in setting_names()
    assert len(set(setting_names())) == len(setting_names())
