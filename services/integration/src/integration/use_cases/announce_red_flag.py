"""A sign has outlasted the time in which the dose may explain it."""

from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from integration import publish
from integration.domain.task import TaskKind
from integration.store import tasks
from integration.store.red_flags import red_flags


async def announce_red_flag(red_flag_id: UUID, tx: Transaction) -> None:
    """Announce the sign, unless somebody has looked again and seen it gone.

    Nobody having looked is no reason to keep silent. Raises RedFlagNotFound (404).
    """
    found = await red_flags.lock(tx, red_flag_id)
    unseen = await tasks.open_about(tx, TaskKind.RECHECK_SIGN, red_flag_id)
    if found.announced_at is not None or unseen is None:
        return
    announced = found.announce(tx.now)
    red_flags.save(tx, announced)
    await outbox.append(tx, publish.red_flag_raised(announced))
