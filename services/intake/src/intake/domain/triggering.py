"""What the answers of an assessment raise, taken together."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from intake.domain.assessment import Assessment
from intake.domain.concern import Concern
from intake.domain.instrument import Instrument


def concerns_of(
    of: Assessment,
    instrument: Instrument,
    new_id: Callable[[], UUID],
    *,
    at: datetime,
    unattended: bool = False,
) -> tuple[Concern, ...]:
    """What all answers of an assessment trigger together, each trigger once."""
    answers = of.answers.items()
    triggered = {t.code: t for i, v in answers for t in instrument.triggered_by(i, v)}
    return tuple(
        Concern(
            id=new_id(),
            patient_id=of.patient_id,
            assessment_id=of.id,
            trigger=trigger.code,
            severity=trigger.severity,
            release=trigger.release,
            unattended=unattended,
            raised_at=at,
        )
        for trigger in triggered.values()
    )
