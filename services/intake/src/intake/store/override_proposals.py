"""Proposals to decide over a rule, at rest."""

from dataclasses import asdict
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from intake.domain.eligibility import Attestation, OverrideProposal
from intake.domain.rule_errors import ProposalNotFound
from intake.store.rule_tables import override_proposal

_columns = override_proposal.c
_BY_ID = select(override_proposal).where(_columns.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_PATIENT = statement(
    select(override_proposal)
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.proposed_at, _columns.id)
)
_ERASE_WORDS = statement(
    update(override_proposal)
    .where(_columns.patient_id == bindparam("whose"))
    .values(attestations=literal([], JSONB), overrides=literal([], JSONB))
)
_SAVE = statement(
    update(override_proposal)
    .where(_columns.id == bindparam("of"), _columns.version == bindparam("seen"))
    .values(decision_id=bindparam("decision_id"), version=bindparam("next"))
)


async def find(tx: Transaction, proposal_id: UUID) -> OverrideProposal:
    """A proposal. Raises ProposalNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=proposal_id))


async def lock(tx: Transaction, proposal_id: UUID) -> OverrideProposal:
    """A proposal, kept from everybody else until the commit. Raises ProposalNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=proposal_id))


async def of_patient(tx: Transaction, patient_id: UUID) -> list[OverrideProposal]:
    """Every proposal there was, signed or not."""
    return [_proposal(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


def erase_words(tx: Transaction, patient_id: UUID) -> None:
    """Take away what was written in words."""
    tx.write(_ERASE_WORDS, whose=patient_id)


def add(tx: Transaction, made: OverrideProposal) -> None:
    """Keep a new proposal."""
    tx.insert(
        override_proposal,
        id=made.id,
        network_id=tx.network,
        patient_id=made.patient_id,
        evaluation_id=made.evaluation_id,
        overrides=[asdict(override) for override in made.overrides],
        attestations=[asdict(attestation) for attestation in made.attestations],
        proposed_by=made.proposed_by,
        proposed_at=made.proposed_at,
        version=made.version,
    )


def save(tx: Transaction, changed: OverrideProposal) -> None:
    """Keep that it is signed. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        decision_id=changed.decision_id,
    )


def _one(tx: Transaction, row: Record | None) -> OverrideProposal:
    if row is None:
        raise ProposalNotFound
    tx.about(row["patient_id"])
    return _proposal(row)


def _proposal(row: Record) -> OverrideProposal:
    return OverrideProposal(
        id=row["id"],
        patient_id=row["patient_id"],
        evaluation_id=row["evaluation_id"],
        overrides=tuple(Attestation(**document) for document in row["overrides"]),
        attestations=tuple(Attestation(**document) for document in row["attestations"]),
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        decision_id=row["decision_id"],
        version=row["version"],
    )
