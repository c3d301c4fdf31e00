"""Audit entries as FHIR R4 AuditEvent resources. Source: https://hl7.org/fhir/R4/auditevent.html"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ROLES = "urn:kairos:role"
_OUTCOME: Final = {"allowed": "0", "refused": "4", "failed": "8"}  # success, minor, serious failure
_READS = {"read", "search", "list", "check"}


def bundle(service: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A searchset of audit events."""
    events = [audit_event(service, row) for row in rows]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": event, "search": {"mode": "match"}} for event in events],
    }


def audit_event(service: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One entry. People are opaque ids; the record names nobody."""
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": f"{service}-{row['id']}",
        "type": {
            "system": "http://dicom.nema.org/resources/ontology/DCM",
            "code": "110110",
            "display": "Patient Record",
        },
        "subtype": [{"system": "urn:kairos:action", "code": row["action"]}],
        "action": "R" if row["action"].rpartition(".")[2] in _READS else "E",
        "recorded": row["at"].isoformat(timespec="milliseconds"),
        "outcome": _OUTCOME[row["outcome"]],
        "purposeOfEvent": [{"coding": [{"system": _ACT_REASON, "code": row["purpose"]}]}],
        "agent": list(_agents(row)),
        "source": {"observer": {"display": f"kairos-{service}"}},
    }
    if row["reason"]:
        event["outcomeDesc"] = row["reason"]
    if row["patient_id"] is not None:
        role = {
            "system": "http://terminology.hl7.org/CodeSystem/object-role",
            "code": "1",
            "display": "Patient",
        }
        event["entity"] = [
            {"what": {"reference": f"Patient/{row['patient_id']}"}, "role": role},
        ]
    return event


def _agents(row: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    agent: dict[str, Any] = {"requestor": row["acting_for"] is None}
    if row["actor"] is not None:
        agent["who"] = {"identifier": {"system": "urn:ietf:rfc:3986", "value": _urn(row["actor"])}}
    if row["actor_roles"]:
        agent["role"] = [{"coding": [{"system": _ROLES, "code": r}]} for r in row["actor_roles"]]
    if row["source_address"] is not None:
        agent["network"] = {"address": row["source_address"], "type": "2"}
    yield agent
    if row["acting_for"] is not None:
        who = {"identifier": {"system": "urn:ietf:rfc:3986", "value": _urn(row["acting_for"])}}
        yield {"requestor": True, "who": who}


def _urn(subject: object) -> str:
    return f"urn:uuid:{subject}"
