"""Things of the domain, ready made."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from dosing.domain.baseline import Baseline, Pregnancy, SuicideScreen
from dosing.domain.ledger import Container
from dosing.domain.observation import Observation, Readings
from dosing.domain.session import Session

NOW = datetime(2027, 3, 1, 18, 0, tzinfo=UTC)


def session(**changes: Any) -> Session:
    values: dict[str, Any] = {
        "id": uuid4(),
        "visit_id": uuid4(),
        "patient_id": uuid4(),
        "site_id": uuid4(),
        "site_state": "CO",
        "site_zone": "America/Denver",
        "route": "im",
        "protocol_code": "im_racemic_ketamine",
        "protocol_version": "1",
        "opened_at": NOW,
    }
    return Session(**{**values, **changes})


def container() -> Container:
    return Container(
        id=UUID(int=1),
        site_id=UUID(int=2),
        product="ketamine_50mg_ml_10ml",
        lot="K2411",
        expires_on=date(2028, 4, 5),
    )


def said(**changes: Any) -> Baseline:
    """Fasting, sober and well."""
    values: dict[str, Any] = {
        "last_solids_at": NOW - timedelta(hours=12),
        "last_fluids_at": NOW - timedelta(hours=4),
        "medications": {},
        "last_alcohol_at": None,
        "intoxicated": False,
        "acute_change": False,
        "pregnancy": Pregnancy.NOT_APPLICABLE,
        "pregnancy_tested_on": None,
        "suicide_screen": SuicideScreen.NEGATIVE,
    }
    return Baseline(**{**values, **changes})


def seen(minutes_ago: int = 0, **changes: Any) -> Observation:
    values: dict[str, Any] = {
        "systolic_mmhg": 124,
        "diastolic_mmhg": 76,
        "heart_rate_bpm": 72,
        "respiratory_rate_bpm": 14,
        "spo2_percent": 98,
        "moaas": 5,
        "cadss6": 0,
        "baseline": said(),
    }
    at = NOW - timedelta(minutes=minutes_ago)
    return Observation(
        id=uuid4(),
        session_id=UUID(int=3),
        patient_id=UUID(int=4),
        readings=Readings(**{**values, **changes}),
        observed_at=at,
        recorded_at=at,
        recorded_by=UUID(int=5),
        minutes_since_first_dose=None,
    )
