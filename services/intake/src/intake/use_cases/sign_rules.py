"""Sign a rule file as a medical director."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.hashing import sha256_of
from intake.data.rules.combining import loosened_by
from intake.store import rule_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRules:
    """A medical director has read the file and answers for it."""

    document: dict[str, Any]
    signed_by: UUID


async def sign_rules(command: SignRules, tx: Transaction) -> tuple[str, tuple[str, ...]]:
    """Keep the signature under the file's digest. Returns it with the rules the file loosens.

    Raises RuleFileUnsound (422).
    """
    published = await rule_sets.in_force(tx)
    base = next((p.document for p in published if p.kind == "rule_set"), None)
    loose = loosened_by(command.document, base)
    sha256 = sha256_of(command.document)
    rule_sets.sign(tx, sha256, by=command.signed_by)
    return sha256, loose
