"""A real SMTP server for tests, which can also misbehave: refuse, put off, stall, and drop its reply."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """Takes mail. `manners` says how each next message is met; when it is empty, mail is taken."""

    manners: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    address: str = ""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        manner = self.manners[0] if self.manners else ""
        if manner in ("550 no such person", "451 come back later"):
            self.manners.pop(0)
            return manner
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        manner = self.manners.pop(0) if self.manners else ""
        if manner == "stall":
            await asyncio.sleep(5)
        self.taken.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        if manner == "drop the reply" and server.transport is not None:
            server.transport.abort()
        return "250 OK"


@contextmanager
def sink(*manners: str) -> Iterator[Sink]:
    """A server on a free port for the length of the block."""
    handler = Sink(list(manners))
    controller = _Controller(handler, hostname="127.0.0.1", port=_free_port())
    controller.start()
    handler.address = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        controller.stop()


class _Controller(Controller):
    def factory(self) -> Any:
        return SMTP(self.handler, enable_SMTPUTF8=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
