"""Reminders: due events with a delivery state, by any sender there is, tried until sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from scheduling.due import courier
from scheduling.senders import LogSender, SmtpSender

from .clinic import Clinic
from .test_changes import change, elsewhere

ADDRESS = "dana@example.org"


class Post:
    """A mail server that speaks just enough SMTP, and keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.refuses = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 post\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(mail.decode())
                writer.write(b"250 kept\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(
                    b"451 later\r\n" if self.refuses and word == b"MAIL" else b"250 ok\r\n"
                )
        writer.close()


@asynccontextmanager
async def post_office(clinic: Clinic) -> AsyncIterator[Post]:
    """A running mail server, and a courier that uses it."""
    post = Post()
    server = await asyncio.start_server(post.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sender = SmtpSender("127.0.0.1", port, "clinic@example.org", "", "", tls=None)
    courier.engage(clinic.service.db, sender)
    try:
        yield post
    finally:
        courier.engage(clinic.service.db, LogSender())
        server.close()


async def wish(clinic: Clinic, patient: str, address: str | None = ADDRESS, **more: str) -> None:
    path = f"/v1/patients/{patient}/reminder-address"
    answer = await clinic.post(path, {"address": address, **more}, "front_desk")
    assert answer.status_code == 200, answer.text
    assert ADDRESS not in answer.text


async def later(clinic: Clinic, **by: float) -> None:
    clinic.service.clock.advance(timedelta(**by))
    await clinic.service.run_due()
    await courier.finish()


async def states(clinic: Clinic, visit: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    items = (await clinic.get(f"/v1/visits/{visit['id']}/reminders")).json()["items"]
    return [(one["kind"], one["state"], one["problem"]) for one in items]


async def far_visit(clinic: Clinic) -> dict[str, Any]:
    start = clinic.service.clock.now() + timedelta(days=5)
    return await clinic.booked(starts_at=start.isoformat())


async def test_reminders_go_out_by_mail_and_say_no_more_than_when_and_where(
    clinic: Clinic,
) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"])
    async with post_office(clinic) as post:
        await later(clinic, hours=48, seconds=-1)
        assert post.mails == []
        await later(clinic, seconds=1)
        await later(clinic, hours=48)

    assert [mail.count(ADDRESS) for mail in post.mails] == [1, 1]
    assert "2027-03-06 at 08:00" in post.mails[0]
    assert not any(word in post.mails[0].lower() for word in ("dosing", "ketamine", "therap"))
    assert await states(clinic, visit) == [("three_days", "sent", None), ("one_day", "sent", None)]


async def test_mail_that_did_not_go_out_is_tried_again(clinic: Clinic) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"], language="es")
    async with post_office(clinic) as post:
        post.refuses = True
        await later(clinic, hours=48)
        assert await states(clinic, visit) == [("three_days", "due", "not_delivered")]
        post.refuses = False
        await later(clinic, minutes=5)

    assert await states(clinic, visit) == [("three_days", "sent", None)]
    assert "Su cita" in post.mails[0]


async def test_sender_that_stays_away_is_given_up_and_seen(clinic: Clinic) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"])
    async with post_office(clinic) as post:
        post.refuses = True
        await later(clinic, hours=48)
        for minutes in (5, 10, 20, 40, 80):
            await later(clinic, minutes=minutes)

    assert await states(clinic, visit) == [("three_days", "failed", "gave_up")]


@pytest.mark.parametrize("address", [None, ADDRESS])
async def test_without_address_or_visit_nothing_is_sent(
    clinic: Clinic, address: str | None
) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"], address)
    if address is not None:
        await change(clinic, visit, "cancellation", {"reason": "patient_request"})
    async with post_office(clinic) as post:
        await later(clinic, hours=48)

    problem = "no_address" if address is None else "visit_ended"
    assert await states(clinic, visit) == [("three_days", "dropped", problem)]
    assert post.mails == []


async def test_moved_visit_is_reminded_of_at_its_new_time(clinic: Clinic) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"])
    assert (await change(clinic, visit, "move", elsewhere(clinic, visit))).status_code == 200
    async with post_office(clinic) as post:
        await later(clinic, hours=48)
        assert post.mails == []
        await later(clinic, hours=24)

    assert "2027-03-07" in post.mails[0]


async def test_log_sender_serves_where_there_is_no_mail_server(clinic: Clinic) -> None:
    visit = await far_visit(clinic)
    await wish(clinic, visit["patient_id"])

    await later(clinic, hours=48)

    (row,) = await clinic.service.rows("reminder", clinic.network)
    assert (row["state"], row["channel"]) == ("sent", "log")
    assert UUID(visit["id"]) == row["visit_id"]


async def test_reminders_that_policy_does_not_want_are_not_sent(clinic: Clinic) -> None:
    before = await far_visit(clinic)
    await wish(clinic, before["patient_id"])
    body = {"figures": {"reminders": ["one_day"]}, "reason": "board_decision"}
    assert (await clinic.post("/v1/booking-policies", body, "ops_admin")).status_code == 201

    async with post_office(clinic):
        await later(clinic, days=2, hours=1)
        first = await states(clinic, before)
        await later(clinic, days=2)

    assert first == [("three_days", "dropped", "not_in_policy")]
    assert (await states(clinic, before))[1:] == [("one_day", "sent", None)]
