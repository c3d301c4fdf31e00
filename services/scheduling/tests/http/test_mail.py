"""Mail goes only to a server that proves who it is, sealed, and under our own log-in."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from kairos_local.ports import free_port
from scheduling.domain.reminder import Letter
from scheduling.senders import SmtpSender

PASSWORD = "open sesame"
AUTHORITY = trustme.CA()


class Post:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        assert session.ssl is not None
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 kept"


def knows(
    _server: SMTP, _session: Session, _envelope: Envelope, _how: str, who: object
) -> AuthResult:
    right = LoginPassword(b"clinic", PASSWORD.encode())
    return AuthResult(success=who == right, handled=False)


@contextmanager
def post_office(*, sealed: bool = True) -> Iterator[tuple[Post, int]]:
    """A running mail server, and its port."""
    identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost").configure_cert(identity)
    post = Post()
    server = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=identity if sealed else None,
        authenticator=knows,
        auth_required=sealed,
    )
    server.start()
    try:
        yield post, server.port
    finally:
        server.stop()


def sender(port: int, trusts: trustme.CA, password: str = PASSWORD) -> SmtpSender:
    tls = ssl.create_default_context()
    trusts.configure_trust(tls)
    return SmtpSender("localhost", port, "clinic@example.org", "clinic", password, tls=tls)


LETTER = Letter(
    network_id=uuid4(),
    reminder_id=uuid4(),
    attempt=1,
    address="dana@example.org",
    subject="Visit",
    body="Tomorrow",
)


async def test_letter_is_handed_over_sealed_and_under_our_log_in() -> None:
    with post_office() as (post, port):
        await sender(port, AUTHORITY).send(LETTER)
    assert [b"Tomorrow" in one for one in post.mails] == [True]


async def test_wrong_password_hands_nothing_over() -> None:
    with post_office() as (post, port), pytest.raises(OSError, match="535"):
        await sender(port, AUTHORITY, "sesame").send(LETTER)
    assert post.mails == []


async def test_server_with_a_certificate_of_somebody_else_is_told_nothing() -> None:
    with post_office() as (post, port), pytest.raises(ssl.SSLCertVerificationError):
        await sender(port, trustme.CA()).send(LETTER)
    assert post.mails == []


async def test_server_that_cannot_seal_is_told_nothing() -> None:
    with post_office(sealed=False) as (post, port), pytest.raises(OSError, match="STARTTLS"):
        await sender(port, AUTHORITY).send(LETTER)
    assert post.mails == []
