"""A real mail server on the loopback, and an application that sends its letters there."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask

from directory.settings import Settings


class Inbox:
    """What a mail server does with what it is given."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.refuse_with = ""
        self.fail_with = ""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.refuse_with:
            return self.refuse_with
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.fail_with:
            return self.fail_with
        self.messages.append(envelope.content)
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Inbox, int]]:
    """A server with these options of aiosmtpd, and its port."""
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, server_hostname="mail.example", **options)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def use_server(app: Flask, port: int, url: str = "smtp://127.0.0.1") -> None:
    """Send letters there from now on."""
    settings: Settings = app.extensions["directory.settings"]
    app.extensions["directory.settings"] = dataclasses.replace(
        settings, mail_url=f"{url}:{port}", mail_from="directorio@example.org"
    )
