"""Sending mail: over SMTP, or as files into a folder that an admin can read."""

import os
import smtplib
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from booking.rules.refusals import Unacceptable
from booking.rules.text import email_address

# Each wait for the server, not the whole conversation; the lease of a job is longer than all of them together.
TIMEOUT_SECONDS = 20
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# Characters that any server takes, whatever it offers.
_FORM = policy.SMTP.clone(cte_type="7bit")


class Undeliverable(Exception):
    """This mail will never get there: the address is wrong, or the server refuses it for good."""


class Unreachable(Exception):
    """It didn't work this time; another try may."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person. `name` is unique and the same at each try, and so is the Message-ID."""

    name: str
    message_id: str
    written_at: datetime
    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it lies in the mail folder."""

    name: str
    to: str
    subject: str
    date: str
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""


def send(mail_url: str, mail: Mail) -> None:
    """Hand one mail over; returns when the other side has taken it.

    Raises Undeliverable for good, Unreachable when another try may help.
    """
    message = compose(mail)
    if mail_url.startswith("file://"):
        _store(Path(mail_url.removeprefix("file://")), mail.name, message.as_bytes())
    else:
        _hand_over(urlsplit(mail_url), message, mail.sender, mail.to)


def compose(mail: Mail) -> EmailMessage:
    """The message with both forms of its text; the same bytes at every try. Raises Undeliverable."""
    message = EmailMessage(policy=_FORM)
    message["From"] = Address(_header(mail.sender_name), addr_spec=mail.sender)
    message["To"] = Address(addr_spec=_only_recipient(mail.to))
    message["Subject"] = _header(mail.subject)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text + "\n")
    message.add_alternative(mail.html + "\n", subtype="html")
    message.set_boundary(f"=_{mail.name}")
    return message


def stored(folder: Path, limit: int) -> tuple[StoredMail, ...]:
    """The newest mails of a mail folder, by name, without their texts."""
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True) if folder.is_dir() else []
    found = (_read(folder / name) for name in names[:limit])
    return tuple(mail for mail in found if mail is not None)


def read(folder: Path, name: str) -> StoredMail | None:
    """One mail of the folder with headers and plain text; None when there is none of this name."""
    if name != Path(name).name or not name.endswith(".eml"):
        return None
    return _read(folder / name)


def _read(path: Path) -> StoredMail | None:
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
    except OSError:
        return None
    body = message.get_body(("plain",))
    return StoredMail(
        path.name,
        str(message["To"] or ""),
        str(message["Subject"] or ""),
        str(message["Date"] or ""),
        tuple((key, str(value)) for key, value in message.items()),
        body.get_content() if body else "",
    )


def _only_recipient(address: str) -> str:
    try:
        return email_address(address)
    except Unacceptable:
        raise Undeliverable("The recipient is not one plain mail address.") from None


def _header(text: str) -> str:
    """Text for a header: one line, no controls."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _store(folder: Path, name: str, content: bytes) -> None:
    """Write the file aside and put it into place at once, so that nobody reads half a mail."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=folder, prefix=".mail-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, folder / f"{name}.eml")
    except OSError as problem:
        raise Unreachable(f"The mail folder cannot be written: {problem.strerror}.") from problem


def _hand_over(server: SplitResult, message: EmailMessage, sender: str, to: str) -> None:
    try:
        connection = _connect(server)
        try:
            connection.send_message(message, sender, [to])
        finally:
            # The server has answered for the message already; how it says good-bye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()
    except smtplib.SMTPRecipientsRefused as problem:
        code, words = next(iter(problem.recipients.values()))
        raise _refusal(code, words) from problem
    except smtplib.SMTPDataError as problem:
        raise _refusal(problem.smtp_code, problem.smtp_error) from problem
    except smtplib.SMTPResponseException as problem:
        raise Unreachable(_said(problem.smtp_code, problem.smtp_error)) from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise Unreachable(f"The mail server could not be reached: {type(problem).__name__}.") from problem


def _connect(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection


def _refusal(code: int, words: bytes | str) -> Exception:
    """5xx is for good, 4xx for now."""
    return Undeliverable(_said(code, words)) if code >= 500 else Unreachable(_said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"The mail server said {code}: {_header(text)[:200]}"
