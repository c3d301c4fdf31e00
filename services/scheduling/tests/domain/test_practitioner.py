"""Whether somebody may do something in a state on a day."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from scheduling.domain.errors import CredentialSuspended
from scheduling.domain.practitioner import Credential, Fault, Practitioner, Role, Status

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAY = date(2027, 3, 1)


def card(
    *, state: str | None = "CO", since: date = date(2026, 1, 1), until: date = date(2028, 1, 1)
) -> Credential:
    return Credential(
        id=uuid4(),
        practitioner_id=uuid4(),
        version=1,
        kind="medical_licence",
        number="1",
        issuer="Board",
        state=state,
        issued_on=since,
        expires_on=until,
        status=Status.ACTIVE,
        recorded_at=NOW,
    )


def fault(*cards: Credential, on: date = DAY, state: str = "CO") -> Fault | None:
    person = Practitioner(
        id=uuid4(),
        display_name="Dr Lee",
        roles=frozenset({Role.PRESCRIBER}),
        registered_at=NOW,
        credentials=cards,
    )
    return person.fault_of("medical_licence", state=state, on=on)


def test_credential_holds_from_its_first_through_its_last_day() -> None:
    one = card(since=date(2027, 3, 1), until=date(2027, 3, 3))

    assert fault(one, on=date(2027, 2, 28)) is Fault.NOT_YET_VALID
    assert fault(one, on=date(2027, 3, 1)) is None
    assert fault(one, on=date(2027, 3, 3)) is None
    assert fault(one, on=date(2027, 3, 4)) is Fault.LAPSED


def test_state_counts_unless_it_holds_everywhere() -> None:
    assert fault(card(state="WY")) is Fault.MISSING
    assert fault(card(state=None)) is None
    assert fault() is Fault.MISSING


def test_suspension_outweighs_dates_and_one_good_credential_outweighs_it() -> None:
    suspended = card().suspend(at=NOW)
    lapsed = card(until=date(2027, 1, 1))

    assert suspended.version == 2
    assert fault(suspended) is Fault.SUSPENDED
    assert fault(lapsed, suspended) is Fault.SUSPENDED
    assert fault(suspended, card()) is None
    with pytest.raises(CredentialSuspended):
        suspended.suspend(at=NOW)
