"""Import a FHIR R4 bundle about one patient, with a report of everything that was in it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data.fhir_judging import Line, judged
from intake.data.fhir_reading import read_bundle
from intake.data.fhir_values import Reading
from intake.data.hashing import sha256_of
from intake.domain.facts import Fact, Source, Value
from intake.domain.outside import OutsideKind, OutsideRecord
from intake.store import clearances, facts, imports, outside, patients
from intake.use_cases.record_facts import NewFact, RecordFacts, record_facts
from intake.use_cases.take_responses import TakenResponse, TakeResponses, take_responses

_OUTCOMES = ("mapped", "conflicting", "known", "noted", "ignored")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBundle:
    """What a partner or another system knows of the patient."""

    patient_id: UUID
    bundle: Mapping[str, Any]
    imported_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A resource that was not known: what it says, its content, its line in the report."""

    reading: Reading
    resource: Mapping[str, Any]
    sha256: str
    line: Line


async def import_bundle(command: ImportBundle, tx: Transaction) -> dict[str, Any]:
    """Keep what is understood, and the report, all or nothing; a repeat adds nothing.

    Facts go to the history, where the newer statement counts, as everywhere, and the report names
    the conflict. A questionnaire is scored here, and what it triggers is raised. Consents and
    documents are kept whole for a person to look at, and clear nobody. Who the patient is stays as
    it is recorded. Raises PatientNotFound (404), BundleOfSomebodyElse (409), BundleUnsound (422).
    """
    await clearances.lock(tx, command.patient_id)
    current = await facts.current(tx, [command.patient_id], tx.now)
    lines, taken = await _judged(command, current, tx)
    import_id = uuid7()
    told = await _told(command, taken, current, tx)
    assessed = await _assessed(command, taken, tx)
    kept = _kept(command, taken, import_id, tx)
    counts = {name: sum(line.outcome == name for line in lines) for name in _OUTCOMES}
    report = {
        "resources": len(lines),
        "facts": told,
        "assessments": assessed,
        "outside_records": kept,
        "counts": counts,
        "lines": [_document(line) for line in lines],
    }
    imports.add(tx, command.patient_id, import_id, report=report,
                sha256=sha256_of(command.bundle), by=command.imported_by)  # fmt: skip
    for one in taken:
        imports.add_resource(
            tx, command.patient_id, import_id, resource=one.line.resource, sha256=one.sha256
        )
    made = {"id": import_id, "imported_at": tx.now, "imported_by": command.imported_by}
    return {**made, **report}


async def _judged(
    command: ImportBundle, current: Mapping[str, Fact], tx: Transaction
) -> tuple[list[Line], list[_Taken]]:
    """Every resource's line, and what of them was not known. The sender's `meta` is no content."""
    patient = await patients.find(tx, command.patient_id)
    known = await imports.known(tx, command.patient_id)
    lines, taken = list[Line](), list[_Taken]()
    for reading, resource in read_bundle(command.bundle):
        line = judged(reading, patient, current)
        sha256 = sha256_of({k: v for k, v in resource.items() if k != "meta"})
        if line.taken and (line.resource, sha256) in known:
            line = replace(line, outcome="known")
        elif line.taken:
            known.add((line.resource, sha256))
            taken.append(_Taken(reading=reading, resource=resource, sha256=sha256, line=line))
        lines.append(line)
    return lines, taken


async def _told(
    command: ImportBundle, taken: Sequence[_Taken], current: Mapping[str, Fact], tx: Transaction
) -> int:
    told = _statements([one.reading for one in taken], current, tx.now)
    if told:
        await record_facts(
            RecordFacts(patient_id=command.patient_id, facts=told, recorded_by=command.imported_by),
            tx,
        )
    return len(told)


async def _assessed(command: ImportBundle, taken: Sequence[_Taken], tx: Transaction) -> int:
    given = [
        TakenResponse(
            instrument=response.instrument,
            instrument_version=response.instrument_version,
            answers=response.answers,
            finished=response.finished,
            authored_at=one.reading.occurred_at,
        )
        for one in taken
        if (response := one.reading.response) is not None
    ]
    if given:
        command_of = TakeResponses(
            patient_id=command.patient_id, responses=given, taken_by=command.imported_by
        )
        await take_responses(command_of, tx)
    return len(given)


def _kept(command: ImportBundle, taken: Sequence[_Taken], import_id: UUID, tx: Transaction) -> int:
    kept = 0
    for one in taken:
        kind = one.reading.outside
        if kind is None or (kind is OutsideKind.PERSON and not one.line.about):
            continue
        differs = {name: (one.reading.person or {}).get(name) for name in one.line.about}
        record = OutsideRecord(
            id=uuid7(),
            patient_id=command.patient_id,
            import_id=import_id,
            kind=kind,
            resource=one.line.resource,
            content=differs if kind is OutsideKind.PERSON else one.resource,
            recorded_by=command.imported_by,
            recorded_at=tx.now,
        )
        outside.add(tx, record)
        kept += 1
    return kept


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


def _document(line: Line) -> dict[str, Any]:
    return {**asdict(line), "facts": list(line.facts), "about": list(line.about)}
