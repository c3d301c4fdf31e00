"""Set the timer of a credential's next alert, or of its end."""

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.data import credential_policy
from scheduling.domain.practitioner import Credential, Status

WATCH = "credential.watch"
LAPSED = -1  # days left, once it has lapsed


async def schedule_credential_watch(credential: Credential, tx: Transaction) -> None:
    """Alerts at the days of the policy, then the lapse at midnight in the issuing state's zone.

    A suspended credential is watched no more: it does not hold anyway.
    """
    if credential.status is Status.SUSPENDED:
        timers.cancel(tx, WATCH, credential.id)
        return
    policy = credential_policy()
    coming = policy.next_alert(credential.expires_on, credential.state, after=tx.now)
    lapses_at = policy.lapses_at(credential.expires_on, credential.state)
    days, due_at = coming if coming is not None else (LAPSED, lapses_at)
    who = str(credential.practitioner_id)
    data: dict[str, timers.Datum] = {"days_left": days, "practitioner_id": who}
    timers.schedule(tx, WATCH, credential.id, due_at, data=data)
