"""Publish a rule set or an overlay: it is in force from the commit on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.timers import schedule
from kairos_events.uuid7 import uuid7

from intake.data.hashing import sha256_of
from intake.data.rules.combining import (
    RULE_SET,
    combined,
    kind_of,
    loosened_by,
    scope_of,
)
from intake.domain.rule_errors import VersionTaken
from intake.domain.rule_sets import check_signed
from intake.store import decisions, rule_sets
from intake.store.rule_sets import Publication
from intake.use_cases.reconsider_clearance import EXPIRY


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRules:
    """A rule file is to be in force."""

    document: dict[str, Any]
    published_by: UUID


async def publish_rules(command: PublishRules, tx: Transaction) -> Publication:
    """Keep the file; every patient with a decision is reviewed by the worker from now on.

    Raises RuleFileUnsound (422), VersionTaken, LooseningUnsigned (409).
    """
    document = command.document
    published = await rule_sets.in_force(tx)
    base = next((p.document for p in published if p.kind == RULE_SET), None)
    loose = loosened_by(document, base)
    if kind_of(document) == RULE_SET:
        combined(document, tuple(p.document for p in published if p.kind != RULE_SET))
    sha256 = sha256_of(document)
    if await rule_sets.version_taken(tx, document["version"], sha256):
        raise VersionTaken
    others = [who for who in await rule_sets.signers(tx, sha256) if who != command.published_by]
    signed_by = others[0] if others else None
    check_signed(loose, signed_by, command.published_by)
    made = Publication(
        id=uuid7(),
        kind=kind_of(document),
        scope=scope_of(document),
        version=document["version"],
        sha256=sha256,
        document=document,
        loosens=loose,
        signed_by=signed_by,
        published_by=command.published_by,
        published_at=tx.now,
    )
    rule_sets.publish(tx, made)
    for patient_id in await decisions.patients(tx):
        schedule(tx, EXPIRY, patient_id, tx.now, patient_id=patient_id)
    return made
