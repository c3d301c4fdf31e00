"""What the other services see reaches the clearance: red flags, adverse events, misses, misuse."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_events.dosing import AdverseEventRecordedV1, MisuseSignalRaisedV1
from kairos_events.dosing.adverse_event_recorded_v1 import AdverseEventGrade
from kairos_events.fields import Route
from kairos_events.integration import (
    IntegrationMissedV1,
    RedFlagRaisedV1,
    TherapySessionKind,
    TherapySessionRecordedV1,
)
from kairos_events.integration.severity import FlagSeverity

from .steps import Clinic


def flag(clinic: Clinic, kind: str, severity: str = "low") -> RedFlagRaisedV1:
    return RedFlagRaisedV1(
        red_flag_id=uuid4(), patient_id=UUID(clinic.patient), kind=kind,
        severity=FlagSeverity(severity), origin="therapist",
        raised_at=clinic.service.clock.now(),
    )  # fmt: skip


def adverse(clinic: Clinic, grade: str, **changes: Any) -> AdverseEventRecordedV1:
    now = clinic.service.clock.now()
    return AdverseEventRecordedV1(**{
        "adverse_event_id": uuid4(), "version": 1, "session_id": None,
        "patient_id": UUID(clinic.patient), "site_id": uuid4(), "code": "hypertension",
        "grade": AdverseEventGrade(grade), "serious": False, "onset_at": now,
        "resolved_at": None, "report_due_at": None, "recorded_at": now, **changes,
    })  # fmt: skip


def missed(clinic: Clinic, misses: int) -> IntegrationMissedV1:
    now = clinic.service.clock.now()
    return IntegrationMissedV1(
        episode_id=uuid4(), session_id=uuid4(), patient_id=UUID(clinic.patient), route=Route.IM,
        consecutive_misses=misses, due_at=now, missed_at=now,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["mania", "psychosis", "suicidality", "craving", "derealisation"])
async def test_red_flag_takes_the_clearance_until_a_prescriber_clears_it(
    clinic: Clinic, network: UUID, kind: str
) -> None:
    await clinic.clear_for_im()
    event = flag(clinic, kind)

    await clinic.service.deliver(event, network)
    await clinic.service.deliver(event, network)  # a repeat raises nothing new

    assert (await clinic.status())["reasons"] == ["safety_concern"]
    (concern,) = await clinic.concerns()
    assert (concern["origin"], concern["assessment_id"]) == ("red_flag", None)
    await clinic.on_concern(concern, "acknowledgement", "assessed_in_person")
    await clinic.on_concern(concern, "clearing", "specialist_consulted")
    assert (await clinic.status())["cleared"]


async def test_flag_the_policy_does_not_name_raises_nothing(clinic: Clinic, network: UUID) -> None:
    await clinic.clear_for_im()
    await clinic.service.deliver(flag(clinic, "boredom", "high"), network)
    assert (await clinic.status())["cleared"]


async def test_grave_adverse_event_is_a_concern_once_for_all_its_versions(
    clinic: Clinic, network: UUID
) -> None:
    await clinic.clear_for_im()
    mild = adverse(clinic, "2")
    await clinic.service.deliver(mild, network)
    assert (await clinic.status())["cleared"]

    worse = adverse(clinic, "3", adverse_event_id=mild.adverse_event_id, version=2)
    await clinic.service.deliver(worse, network)
    await clinic.service.deliver(
        adverse(clinic, "2", adverse_event_id=mild.adverse_event_id, version=3, serious=True),
        network,
    )

    assert (await clinic.status())["reasons"] == ["safety_concern"]
    assert [c["severity"] for c in await clinic.concerns()] == ["moderate"]


@pytest.mark.parametrize(
    ("kind", "episode", "ends"),
    [
        (TherapySessionKind.INTEGRATION, uuid4(), True),
        (TherapySessionKind.GROUP, uuid4(), True),
        (TherapySessionKind.GROUP, None, False),
    ],
)
async def test_second_missed_integration_sends_to_review_until_one_takes_place(
    clinic: Clinic, network: UUID, kind: TherapySessionKind, episode: UUID | None, ends: bool
) -> None:
    await clinic.clear_for_im()
    now = clinic.service.clock.now()

    await clinic.service.deliver(missed(clinic, 1), network)
    first = await clinic.status()
    await clinic.service.deliver(missed(clinic, 2), network)
    second = await clinic.status()
    done = TherapySessionRecordedV1(
        therapy_session_id=uuid4(), patient_id=UUID(clinic.patient), episode_id=episode,
        kind=kind, practitioner_id=uuid4(), started_at=now, ended_at=now,
    )  # fmt: skip
    await clinic.service.deliver(done, network)

    assert first["cleared"]
    assert second["reasons"] == ["decision_in_review"]
    assert (await clinic.status())["cleared"] is ends


async def test_every_new_misuse_signal_reopens_a_decision_that_weighed_the_last(
    clinic: Clinic, network: UUID
) -> None:
    await clinic.clear_for_im()

    for _ in range(2):
        signal = MisuseSignalRaisedV1(
            signal_id=uuid4(), patient_id=UUID(clinic.patient), code="frequency_rising",
            reasons=(), raised_at=clinic.service.clock.now(),
        )  # fmt: skip
        await clinic.service.deliver(signal, network)
        assert (await clinic.status())["reasons"] == ["decision_in_review"]
        weighed = {"rule": "S03", "reason": "monitoring_arranged"}
        decided = await clinic.decide(await clinic.evaluate(), attestations=[weighed])
        assert decided.status_code == 201
        assert (await clinic.status())["cleared"]
