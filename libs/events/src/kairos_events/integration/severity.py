"""How grave something is that integration saw."""

from enum import StrEnum


class FlagSeverity(StrEnum):
    """How grave a red flag is. Closed; the same words as a safety concern's."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
