"""Consents, at rest."""

from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, or_, select, update

from intake.domain.clearance import Agreed
from intake.domain.consent import Consent, ConsentState
from intake.domain.errors import ConsentNotFound
from intake.store.record_tables import consent_reaffirmation
from intake.store.tables import consent

_BY_ID = select(consent).where(consent.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_PATIENT = statement(
    select(consent).where(consent.c.patient_id == bindparam("patient_id")).order_by(consent.c.seq)
)
_ACTIVE = statement(
    select(consent)
    .where(
        consent.c.patient_id == bindparam("patient_id"),
        consent.c.document == bindparam("document"),
        consent.c.state == ConsentState.ACTIVE.value,
    )
    .with_for_update()
)
_AGREED = statement(
    select(consent.c.scopes, consent.c.state, consent.c.expires_at).where(
        consent.c.patient_id == bindparam("patient_id"),
        or_(
            consent.c.state == ConsentState.ACTIVE.value,
            consent.c.state == ConsentState.REVOKED.value,
        ),
    )
)
_SAVE = statement(
    update(consent)
    .where(consent.c.id == bindparam("of"), consent.c.version == bindparam("seen"))
    .values(
        state=bindparam("new_state"),
        scopes=bindparam("scopes"),
        signed_at=bindparam("signed_at"),
        witnessed_by=bindparam("witnessed_by"),
        questions_asked=bindparam("questions_asked"),
        questions_correct=bindparam("questions_correct"),
        expires_at=bindparam("expires_at"),
        revoked_at=bindparam("revoked_at"),
        revoked_by=bindparam("revoked_by"),
        revocation_reason=bindparam("revocation_reason"),
        independent_witness=bindparam("independent_witness"),
        signature_sha256=bindparam("signature_sha256"),
        narrowed_at=bindparam("narrowed_at"),
        comprehension=bindparam("comprehension"),
        version=bindparam("next"),
    )
)


_REAFFIRMATIONS = statement(
    select(consent_reaffirmation)
    .where(consent_reaffirmation.c.patient_id == bindparam("patient_id"))
    .order_by(consent_reaffirmation.c.reaffirmed_at, consent_reaffirmation.c.id)
)
_REAFFIRMED = statement(
    select(consent_reaffirmation.c.id).where(
        consent_reaffirmation.c.consent_id == bindparam("consent_id"),
        consent_reaffirmation.c.visit_id == bindparam("visit_id"),
    )
)


async def find(tx: Transaction, consent_id: UUID) -> Consent:
    """A consent. Raises ConsentNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=consent_id))


async def lock(tx: Transaction, consent_id: UUID) -> Consent:
    """A consent, kept from everybody else until the commit. Raises ConsentNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=consent_id))


async def lock_active(tx: Transaction, patient_id: UUID, document: str) -> Consent | None:
    """The consent in force to a document, kept from everybody else, if there is one."""
    row = await tx.fetch_one(_ACTIVE, patient_id=patient_id, document=document)
    return None if row is None else _consent(row)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Consent]:
    """All consents of a patient, in the order they were drafted."""
    return [_consent(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


async def agreed(tx: Transaction, patient_id: UUID) -> list[Agreed]:
    """What was agreed to and not replaced since."""
    return [
        Agreed(
            scopes=tuple(row["scopes"]),
            revoked=row["state"] == ConsentState.REVOKED,
            expires_at=row["expires_at"],
        )
        for row in await tx.fetch(_AGREED, patient_id=patient_id)
    ]


def add(tx: Transaction, drafted: Consent) -> None:
    """Keep a draft."""
    tx.insert(
        consent,
        id=drafted.id,
        network_id=tx.network,
        patient_id=drafted.patient_id,
        document=drafted.document,
        document_version=drafted.document_version,
        language=drafted.language,
        text_sha256=drafted.text_sha256,
        law_state=drafted.law_state,
        state=drafted.state,
        drafted_at=drafted.drafted_at,
        scopes=list(drafted.scopes),
        version=drafted.version,
    )


def reaffirm(
    tx: Transaction, reaffirmation_id: UUID, of: Consent, visit_id: UUID, *, by: UUID
) -> None:
    """Keep that a consent was said to stand before a visit."""
    tx.insert(
        consent_reaffirmation,
        id=reaffirmation_id,
        network_id=tx.network,
        patient_id=of.patient_id,
        consent_id=of.id,
        visit_id=visit_id,
        scopes=list(of.scopes),
        taken_by=by,
        reaffirmed_at=tx.now,
    )


async def reaffirmations(tx: Transaction, patient_id: UUID) -> list[dict[str, Any]]:
    """Whenever a consent was said again, and before which visit."""
    rows = await tx.fetch(_REAFFIRMATIONS, patient_id=patient_id)
    names = ("consent_id", "visit_id", "scopes", "taken_by", "reaffirmed_at")
    return [{name: row[name] for name in names} for row in rows]


async def reaffirmed(tx: Transaction, consent_id: UUID, visit_id: UUID) -> bool:
    """Whether that was kept for this visit already."""
    found = await tx.fetch_one(_REAFFIRMED, consent_id=consent_id, visit_id=visit_id)
    return found is not None


def save(tx: Transaction, changed: Consent) -> None:
    """Keep the state. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        new_state=changed.state,
        scopes=list(changed.scopes),
        signed_at=changed.signed_at,
        witnessed_by=changed.witnessed_by,
        questions_asked=changed.questions_asked,
        questions_correct=changed.questions_correct,
        expires_at=changed.expires_at,
        revoked_at=changed.revoked_at,
        revoked_by=changed.revoked_by,
        revocation_reason=changed.revocation_reason,
        independent_witness=changed.independent_witness,
        signature_sha256=changed.signature_sha256,
        narrowed_at=changed.narrowed_at,
        comprehension=changed.comprehension,
    )


def _one(tx: Transaction, row: Record | None) -> Consent:
    if row is None:
        raise ConsentNotFound
    tx.about(row["patient_id"])
    return _consent(row)


def _consent(row: Record) -> Consent:
    return Consent(
        id=row["id"],
        patient_id=row["patient_id"],
        document=row["document"],
        document_version=row["document_version"],
        language=row["language"],
        text_sha256=row["text_sha256"],
        drafted_at=row["drafted_at"],
        state=ConsentState(row["state"]),
        scopes=tuple(row["scopes"]),
        signed_at=row["signed_at"],
        witnessed_by=row["witnessed_by"],
        questions_asked=row["questions_asked"],
        questions_correct=row["questions_correct"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
        revocation_reason=row["revocation_reason"],
        law_state=row["law_state"],
        independent_witness=row["independent_witness"],
        signature_sha256=row["signature_sha256"],
        narrowed_at=row["narrowed_at"],
        comprehension=row["comprehension"],
        version=row["version"],
    )
