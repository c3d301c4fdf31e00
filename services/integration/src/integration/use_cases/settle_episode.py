"""An episode has ended: nobody need be asked or called about it any more."""

from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from integration import publish
from integration.domain.episode import Episode
from integration.domain.task import TaskKind, TaskState
from integration.store.episodes import episodes
from integration.use_cases.settle_task import SettleTask, settle_task

_ABOUT_IT = (TaskKind.BOOK_INTEGRATION, TaskKind.CALL_MISSED_INTEGRATION)


async def settle_episode(closed: Episode, tx: Transaction, *, by: UUID) -> None:
    """Keep the closed episode, announce it, and take its deadline and its tasks away.

    Raises StaleVersion (412) at the flush if somebody was faster.
    """
    episodes.save(tx, closed)
    await outbox.append(tx, publish.episode_closed(closed))
    for kind in _ABOUT_IT:
        settled = SettleTask(
            kind=kind, subject_id=closed.id, state=TaskState.CANCELLED, ended_by=by
        )
        await settle_task(settled, tx)
