"""A fact that is told in two versions is in the outbox in both, or not at all."""

from uuid import UUID, uuid4

import pytest
from kairos_chassis import outbox
from kairos_chassis.db import Database
from kairos_chassis.statements import statement
from kairos_events.dosing import SessionAbortedV2
from kairos_events.dosing.session_aborted_v2 import AbortCause
from kairos_events.fields import Route
from kairos_events.schema import schema_hash, schema_uri
from sqlalchemy import bindparam, text

from .conftest import NOON

NETWORK = UUID("0197a3c0-0000-7000-8000-0000000000ff")
ROWS = statement(
    text("select type, sequence, dataschema from outbox where key = :key order by id").bindparams(
        bindparam("key")
    )
)


def aborted(patient: UUID) -> SessionAbortedV2:
    return SessionAbortedV2(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=patient,
        site_id=uuid4(),
        route=Route.IM,
        cause=AbortCause.CLEARANCE,
        reason="not_cleared",
        aborted_by=uuid4(),
        aborted_at=NOON,
    )


async def test_both_versions_are_written_in_one_transaction_and_name_each_other(
    db: Database,
) -> None:
    patient = uuid4()
    fact = aborted(patient)

    async with db.transaction(NETWORK) as tx:
        await outbox.append(tx, fact)
    async with db.transaction(NETWORK) as tx:
        rows = await tx.fetch(ROWS, key=str(patient))

    assert [(row["type"], row["sequence"]) for row in rows] == [
        (one.type, number) for number, one in enumerate(fact.records(), 1)
    ]
    for row, one, other in zip(rows, fact.records(), reversed(fact.records()), strict=True):
        uri = schema_uri(one.type, schema_hash(type(one)))
        assert row["dataschema"] == f"{uri}?=beside={other.type}"


async def test_the_older_version_alone_is_refused(db: Database) -> None:
    patient = uuid4()

    with pytest.raises(TypeError, match="publish that one"):
        async with db.transaction(NETWORK) as tx:
            await outbox.append(tx, aborted(patient).as_previous())

    async with db.transaction(NETWORK) as tx:
        assert await tx.fetch(ROWS, key=str(patient)) == []
