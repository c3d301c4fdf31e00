"""Import a FHIR R4 bundle about one patient, with a report of everything that was in it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.facts import fact_catalogue
from intake.data.fhir_reading import Reading, read_bundle
from intake.domain.errors import UnfitFact
from intake.domain.facts import Fact, Source, Value
from intake.store import clearances, facts, imports
from intake.use_cases.record_facts import NewFact, RecordFacts, record_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBundle:
    """What a partner or another system knows of the patient."""

    patient_id: UUID
    bundle: Mapping[str, Any]
    imported_by: UUID


async def import_bundle(command: ImportBundle, tx: Transaction) -> dict[str, Any]:
    """Record what is understood as facts, keep the report, all or nothing; a repeat adds nothing.

    Where the record says otherwise the newer statement counts, as everywhere, and the report
    names the conflict. Raises PatientNotFound (404), BundleUnsound (422).
    """
    await clearances.lock(tx, command.patient_id)
    known = await imports.known(tx, command.patient_id)
    current = await facts.current(tx, [command.patient_id], tx.now)
    lines, fresh = [], []
    entries = command.bundle.get("entry", ())
    for reading, entry in zip(read_bundle(command.bundle), entries, strict=True):
        content = (reading.resource, _sha256(entry))
        line = _judged(reading, current)
        if reading.outcome == "mapped" and content in known:
            line = {**line, "outcome": "known"}
        elif line["outcome"] in ("mapped", "conflicting"):
            known.add(content)
            fresh.append((reading, content))
        lines.append(line)
    told = _statements([reading for reading, _ in fresh], current, tx.now)
    if told:
        await record_facts(
            RecordFacts(patient_id=command.patient_id, facts=told, recorded_by=command.imported_by),
            tx,
        )
    return _kept(command, lines, [content for _, content in fresh], len(told), tx)


def _judged(reading: Reading, current: Mapping[str, Fact]) -> dict[str, Any]:
    """The resource's line in the report."""
    line: dict[str, Any] = {
        "resource": reading.resource,
        "outcome": reading.outcome,
        "reason": reading.reason,
        "facts": sorted({*reading.facts, *reading.adds}),
    }
    for name, value in reading.facts.items():
        try:
            fact_catalogue().find(name).check(value)
        except UnfitFact:
            return {**line, "outcome": "ignored", "reason": "value_out_of_range"}
        recorded = current.get(name)
        if recorded is not None and recorded.value not in (None, value):
            line |= {"outcome": "conflicting", "reason": "record_says_otherwise"}
    return line


def _statements(
    readings: list[Reading], current: Mapping[str, Fact], now: datetime
) -> list[NewFact]:
    """Values as they were observed; lists with what is new added to what is known."""
    told: list[NewFact] = []
    lists: dict[str, set[str]] = {}
    for reading in readings:
        at = min(reading.occurred_at or now, now)
        told += [_fact(name, value, at) for name, value in reading.facts.items()]
        for name, code in reading.adds.items():
            lists.setdefault(name, set()).add(code)
    for name, codes in sorted(lists.items()):
        recorded = current.get(name)
        before = recorded.value if recorded and isinstance(recorded.value, list) else []
        if codes - set(before):
            told.append(_fact(name, sorted(codes | set(before)), now))
    return told


def _fact(name: str, value: Value, at: datetime) -> NewFact:
    return NewFact(name=name, value=value, occurred_at=at, source=Source.PARTNER)


def _kept(
    command: ImportBundle,
    lines: list[dict[str, Any]],
    fresh: list[tuple[str, str]],
    told: int,
    tx: Transaction,
) -> dict[str, Any]:
    counts = {
        outcome: sum(line["outcome"] == outcome for line in lines)
        for outcome in ("mapped", "conflicting", "known", "noted", "ignored")
    }
    report = {"resources": len(lines), "facts": told, "counts": counts, "lines": lines}
    import_id = imports.add(
        tx,
        command.patient_id,
        sha256=_sha256(command.bundle),
        report=report,
        by=command.imported_by,
    )
    for resource, sha256 in fresh:
        imports.add_resource(tx, command.patient_id, import_id, resource=resource, sha256=sha256)
    return {
        "id": import_id,
        "imported_at": tx.now,
        "imported_by": command.imported_by,
        **report,
    }


def _sha256(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
