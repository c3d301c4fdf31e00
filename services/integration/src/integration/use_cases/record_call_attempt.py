"""Somebody called and reached nobody."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.safety_call import SafetyCall
from integration.store.safety_calls import safety_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCallAttempt:
    """One try without an answer."""

    safety_call_id: UUID
    version: int  # as the caller has read it


async def record_call_attempt(command: RecordCallAttempt, tx: Transaction) -> SafetyCall:
    """Count the try. Raises SafetyCallNotFound (404), StaleVersion (412), SafetyCallSettled."""
    found = await safety_calls.seen(tx, command.safety_call_id, command.version)
    tried = found.attempt()
    safety_calls.save(tx, tried)
    return tried
