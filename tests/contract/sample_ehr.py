"""A partner's EHR, as small as it can be: what it reads of three facts, and what it makes of them.

It is a stranger here on purpose: it uses nothing of ours but what a message is made of.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class SampleEhr:
    """Keeps a line for each fact, by patient."""

    chart: dict[str, list[str]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def receive(self, body: str | bytes | None, metadata: dict[str, Any]) -> None:
        """Take a message. Raises ValueError or KeyError for what it cannot use."""
        if metadata["ce_id"] in self._seen:
            return
        told = json.loads(body or "")
        line = _LINES[metadata["ce_type"]](told)
        self.chart.setdefault(told["patient_id"], []).append(line)
        self._seen.add(metadata["ce_id"])


def _dose(told: dict[str, Any]) -> str:
    amount, at = Decimal(told["amount_mg"]), datetime.fromisoformat(told["administered_at"])
    return f"{at:%H:%M} {amount} mg {told['product']} {told['route']}"


def _discharge(told: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(told['discharged_at']):%H:%M} went home"


def _no_dose(told: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(told['aborted_at']):%H:%M} no dose: {told['cause']}"


_LINES = {
    "dosing.dose_administered.v1": _dose,
    "dosing.session_discharged.v1": _discharge,
    "dosing.session_aborted.v2": _no_dose,
}
