"""The settings of one installation, read from the environment once and checked as a whole.

Each setting is `BOOKING_<NAME>`, or `BOOKING_<NAME>_FILE` naming a file that holds the value. Every wrong one
gives a line of its own, all of them at once, so that nobody repairs a service one restart at a time.
"""

import difflib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("en", "de", "pl", "zh")
LOG_LEVELS = ("debug", "info", "warning", "error")

PREFIX = "BOOKING_"
# The test suite has switches of its own; they are no settings of the service.
TEST_PREFIX = "BOOKING_TEST_"
# From which likeness on (1 is the same) an unknown name is taken for a misspelt one.
NEAR = 0.8
LARGEST_VALUE_FILE = 65_536
SHORTEST_KEY = 32
FEWEST_DIFFERENT_CHARACTERS = 8
PLACEHOLDERS = ("change", "replace", "example", "insecure", "password", "secret", "development", "your-key")
POSTGRESQL_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")

Value = TypeVar("Value")


class SettingsError(Exception):
    """One or more settings are wrong; the text has one line for each of them."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation may choose. Addresses that may carry a password are kept out of the repr."""

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    base_url: str
    mail_url: str = field(repr=False)
    mail_from: str
    demo_password: str | None = field(repr=False)
    trusted_proxies: int
    default_language: str
    session_idle_hours: int
    session_absolute_days: int
    log_level: str
    network_name: str
    uid_domain: str


def setting_names() -> tuple[str, ...]:
    """The environment variables that are understood, without their `_FILE` twins."""
    return tuple(PREFIX + entry.name.upper() for entry in fields(Settings))


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check every setting; make the data folder and, where it may be made, the secret key.

    Raises SettingsError with one line for each wrong setting.
    """
    reader = _Reader(environ)
    reader.refuse_unknown()
    instance = reader.read("instance", _folder, ROOT / "instance")
    database_url = reader.read("database_url", _database_url, f"sqlite:///{instance}/benchtime.db")
    base_url = reader.read("base_url", _base_url, "http://127.0.0.1:8000")
    host = urlsplit(base_url).hostname or "localhost"
    settings = Settings(
        instance=instance,
        database_url=database_url,
        secret_key=reader.read("secret_key", _secret_key, ""),
        base_url=base_url,
        mail_url=reader.read("mail_url", _mail_url, f"file://{instance}/mail"),
        mail_from=reader.read("mail_from", _mail_from, f"bookings@{'localhost' if _is_ip(host) else host}"),
        demo_password=reader.read("demo_password", _demo_password, None),
        trusted_proxies=reader.read("trusted_proxies", _whole(0, 5), 0),
        default_language=reader.read("default_language", _one_of(LANGUAGES), "en"),
        session_idle_hours=reader.read("session_idle_hours", _whole(1, 8760), 336),
        session_absolute_days=reader.read("session_absolute_days", _whole(1, 365), 30),
        log_level=reader.read("log_level", _one_of(LOG_LEVELS), "info"),
        network_name=reader.read("network_name", _network_name, "Benchtime"),
        uid_domain=reader.read("uid_domain", _uid_domain, host),
    )
    return _finish(settings, reader)


def _finish(settings: Settings, reader: "_Reader") -> Settings:
    """Check what concerns two settings at once, then touch the disk only if nothing was wrong."""
    if settings.session_idle_hours > settings.session_absolute_days * 24:
        reader.fault("session_idle_hours", "must not be longer than BOOKING_SESSION_ABSOLUTE_DAYS")
    if not settings.secret_key and not settings.database_url.startswith("sqlite"):
        # Several machines may share one PostgreSQL database, and a key made up by each would not be shared.
        reader.fault("secret_key", f"must be set when PostgreSQL is used ({SHORTEST_KEY} random characters or more)")
    if not reader.faults:
        try:
            settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not settings.secret_key:
                settings = replace(settings, secret_key=_kept_key(settings.instance / "secret_key"))
        except (OSError, ValueError) as problem:
            reader.fault("instance", f"the folder {settings.instance} cannot be used: {_reason(problem)}")
    if reader.faults:
        raise SettingsError("\n".join(reader.faults.values()))
    return settings


class _Reader:
    """Reads settings one after another and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: dict[str, str] = {}

    def fault(self, name: str, sentence: str) -> None:
        variable = PREFIX + name.upper()
        self.faults.setdefault(variable, f"{variable} {sentence}.")

    def refuse_unknown(self) -> None:
        """A misspelt name would silently leave the default in force."""
        known = [name + ending for name in setting_names() for ending in ("", "_FILE")]
        for name in sorted(self.environ):
            if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name in known:
                continue
            near = difflib.get_close_matches(name, known, n=1, cutoff=NEAR)
            hint = f"did you mean {near[0]}?" if near else "all settings are listed in docs/operating.md."
            self.faults[name] = f"{name} is not a setting; {hint}"

    def read(self, name: str, parse: Callable[[str], Value], default: Value) -> Value:
        """The checked value; the default where it is unset, empty or (noted as a fault) wrong."""
        try:
            text = self._text(PREFIX + name.upper())
            return default if text is None else parse(text)
        except ValueError as problem:
            self.fault(name, str(problem))
            return default

    def _text(self, variable: str) -> str | None:
        text = self.environ.get(variable, "").strip()
        path = self.environ.get(variable + "_FILE", "").strip()
        if text and path:
            raise ValueError(f"is set twice: keep either {variable} or {variable}_FILE")
        if path:
            text = _file_text(path)
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise ValueError("must be one line without control characters")
        return text or None


def _file_text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_VALUE_FILE + 1)
    except (OSError, ValueError) as problem:
        raise ValueError(f"names a file that cannot be read: {_reason(problem)}") from None
    if len(content) > LARGEST_VALUE_FILE:
        raise ValueError(f"names a file of more than {LARGEST_VALUE_FILE} bytes")
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("names a file that is not UTF-8 text") from None
    if not text:
        raise ValueError("names an empty file")
    return text


def _reason(problem: Exception) -> str:
    return (problem.strerror or "unknown reason").lower() if isinstance(problem, OSError) else str(problem)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"must be a folder, and {path} is a file")
    return path


def _split(text: str, expected: str) -> SplitResult:
    """The parts of an address. The refusal does not repeat the text, because it may hold a password."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"must look like {expected}") from None
    return parts


def _database_url(text: str) -> str:
    expected = "sqlite:///folder/file.db or postgresql://user:password@host/database"
    parts = _split(text, expected)
    if parts.scheme == "sqlite":
        name = text.removeprefix("sqlite:///")
        if name == text or not name or name.startswith(":") or "?" in name or name.endswith("/"):
            raise ValueError(f"must name a file, as in {expected}")
        return f"sqlite:///{Path(name).expanduser().absolute()}"
    if parts.scheme not in POSTGRESQL_SCHEMES or not text.startswith(f"{parts.scheme}://"):
        raise ValueError(f"must look like {expected}")
    if not parts.path.strip("/"):
        raise ValueError(f"must name a database, as in {expected}")
    return "postgresql+psycopg" + text.removeprefix(parts.scheme)


def _base_url(text: str) -> str:
    expected = "https://bookings.example.org"
    parts = _split(text, expected)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _is_host(parts.hostname):
        raise ValueError(f"must look like {expected}, not {_shown(text)}")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"must be only a scheme, a host and perhaps a port, as in {expected}")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("must begin with https://; plain http is only for this computer itself (127.0.0.1)")
    return urlunsplit((parts.scheme, parts.netloc.lower(), "", "", ""))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_host(host: str) -> bool:
    return _is_ip(host) or DOMAIN.fullmatch(host) is not None


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _secret_key(text: str) -> str:
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters")
    lowered = text.lower()
    if len(set(text)) < FEWEST_DIFFERENT_CHARACTERS or any(word in lowered for word in PLACEHOLDERS):
        raise ValueError("can be guessed; take 32 random bytes, for example from: openssl rand -hex 32")
    return text


def _kept_key(path: Path) -> str:
    """The key kept in the data folder, made at the first start.

    Server and worker may start at the same moment: the file is written aside and linked into place, so that
    both read the one that came first and neither reads half of it.
    """
    if not path.exists():
        descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(aside)
    return _secret_key(_file_text(str(path)))


def _mail_url(text: str) -> str:
    expected = "smtp+starttls://user:password@host:587, smtps://..., smtp://host:25 or file:///folder"
    parts = _split(text, expected)
    if parts.scheme == "file":
        folder = text.removeprefix("file://")
        if folder == text or not folder:
            raise ValueError(f"must name a folder, as in {expected}")
        return f"file://{Path(folder).expanduser().absolute()}"
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname or not _is_host(parts.hostname):
        raise ValueError(f"must look like {expected}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"must end after the port, as in {expected}")
    if parts.password and parts.scheme == "smtp" and not _is_loopback(parts.hostname):
        raise ValueError("would send its password in clear text; use smtps:// or smtp+starttls://")
    return text


def _mail_from(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError(f"must be one plain mail address, as in bookings@example.org, not {_shown(text)}")
    return text


def _demo_password(text: str) -> str:
    if not 8 <= len(text) <= 1024:
        raise ValueError("must have 8 to 1024 characters")
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {_shown(text)}")
        return int(text)

    return parse


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {_shown(text)}")
        return text.lower()

    return parse


def _network_name(text: str) -> str:
    if len(text) > 60:
        raise ValueError("must have at most 60 characters")
    return text


def _uid_domain(text: str) -> str:
    if not _is_host(text.lower()):
        raise ValueError(f"must be a domain, as in bookings.example.org, not {_shown(text)}")
    return text.lower()
