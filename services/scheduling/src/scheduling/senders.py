"""How reminders reach people: by mail, or as a line in the log where there is no mail server.

It stands above the use cases: nothing is sent inside a transaction.
"""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol

import structlog
from kairos_chassis.db import Database

from scheduling.domain.reminder import Letter
from scheduling.use_cases.settle_reminder import SettleReminder, settle_reminder

_SECONDS = 20
_log = structlog.get_logger()


class Sender(Protocol):
    """Brings a letter to its address."""

    channel: str

    async def send(self, letter: Letter) -> None:
        """Hand it over. Raises OSError where that fails."""


class LogSender:
    """For one machine without a mail server: says that it would have sent, and to nobody."""

    channel = "log"

    async def send(self, letter: Letter) -> None:
        """Write a line without address and text."""
        _log.info("reminder", reminder_id=str(letter.reminder_id), attempt=letter.attempt)


class SmtpSender:
    """By mail. With `tls` nothing is said to a server that does not prove who it is."""

    channel = "email"

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        user: str,
        password: str,
        *,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._host, self._port, self._from = host, port, sender
        self._user, self._password = user, password
        self._tls = tls

    async def send(self, letter: Letter) -> None:
        """Hand it to the mail server. Raises OSError (SMTPException is one)."""
        message = EmailMessage()
        message["From"], message["To"] = self._from, letter.address
        message["Subject"] = letter.subject
        message["Message-ID"] = f"<{letter.reminder_id}.{letter.attempt}@kairos>"
        message.set_content(letter.body)
        await asyncio.to_thread(self._hand_over, message)

    def _hand_over(self, message: EmailMessage) -> None:
        with smtplib.SMTP(self._host, self._port, timeout=_SECONDS) as server:
            if self._tls is not None:
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)


class Courier:
    """Sends letters after the commit that made them due, and keeps what became of them."""

    def __init__(self) -> None:
        self._db: Database | None = None
        self._sender: Sender = LogSender()
        self._under_way: set[asyncio.Task[None]] = set()

    def engage(self, db: Database, sender: Sender) -> None:
        """Work for this process."""
        self._db, self._sender = db, sender

    def take(self, letter: Letter) -> None:
        """Send it, beside everything else."""
        task = asyncio.get_running_loop().create_task(self._deliver(letter))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver(self, letter: Letter) -> None:
        problem = None
        try:
            await self._sender.send(letter)
        except OSError as failure:
            problem = "not_delivered"
            _log.warning("reminder_not_delivered", error=type(failure).__name__)
        assert self._db is not None
        settled = SettleReminder(
            reminder_id=letter.reminder_id, channel=self._sender.channel, problem=problem
        )
        async with self._db.transaction(letter.network_id) as tx:
            await settle_reminder(settled, tx)
