"""A safety call has come to an end."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from integration import publish
from integration.data import safety_calls as policy
from integration.domain.errors import ConcernNeedsFlag
from integration.domain.red_flag import FlagKind, FlagOrigin, Severity
from integration.domain.safety_call import CallOutcome, SafetyCall
from integration.domain.task import TaskKind, TaskState
from integration.store.safety_calls import safety_calls
from integration.use_cases.raise_red_flag import RaiseRedFlag, raise_red_flag
from integration.use_cases.settle_task import SettleTask, settle_task


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSafetyCall:
    """The patient was spoken to, or given up after enough tries."""

    safety_call_id: UUID
    outcome: CallOutcome
    signs: tuple[tuple[FlagKind, Severity], ...] = ()
    settled_by: UUID
    version: int  # as the caller has read it


async def settle_safety_call(command: SettleSafetyCall, tx: Transaction) -> SafetyCall:
    """Settle the call, raise every sign that was seen, and announce all of it, or nothing.

    Raises SafetyCallNotFound (404), StaleVersion (412), SafetyCallSettled, CallNotDue,
    TryAgainFirst (409), ConcernNeedsFlag (422).
    """
    if (command.outcome is CallOutcome.CONCERN) is not bool(command.signs):
        raise ConcernNeedsFlag
    found = await safety_calls.seen(tx, command.safety_call_id, command.version)
    settled = found.settle(
        command.outcome,
        at=tx.now,
        by=command.settled_by,
        tries_before_given_up=policy().tries_before_given_up,
    )
    safety_calls.save(tx, settled)
    await outbox.append(tx, publish.safety_call_completed(settled))
    await _follow_up(settled, command, tx)
    return settled


async def _follow_up(settled: SafetyCall, command: SettleSafetyCall, tx: Transaction) -> None:
    done = SettleTask(
        kind=TaskKind.SAFETY_CALL,
        subject_id=settled.id,
        state=TaskState.DONE,
        ended_by=command.settled_by,
    )
    await settle_task(done, tx)
    for kind, severity in command.signs:
        sign = RaiseRedFlag(
            patient_id=settled.patient_id,
            kind=kind,
            severity=severity,
            origin=FlagOrigin.SAFETY_CALL,
            raised_by=command.settled_by,
        )
        await raise_red_flag(sign, tx)
