"""Request the calls that are owed after a session."""

from dataclasses import dataclass
from datetime import datetime

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.follow_up import FollowUp, Occasion
from dosing.domain.session import Session
from dosing.store import departures


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFollowUps:
    """What happened, and from when the calls' times count."""

    session: Session
    occasion: Occasion
    since: datetime


async def request_follow_ups(command: RequestFollowUps, tx: Transaction) -> list[FollowUp]:
    """Keep and announce them. Returns them."""
    owed = [
        FollowUp(
            id=uuid7(),
            patient_id=command.session.patient_id,
            session_id=command.session.id,
            site_id=command.session.site_id,
            kind=rule.kind,
            due_at=command.since + rule.after,
            requested_at=tx.now,
        )
        for rule in data.follow_up_rules()
        if rule.when is command.occasion
    ]
    for one in owed:
        departures.add_follow_up(tx, one)
        await outbox.append(tx, publish.follow_up_requested(one))
    return owed
