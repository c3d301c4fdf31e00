"""Drug that is thrown away: asked for by one person, witnessed by another."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from dosing.domain.errors import SamePerson


class WasteReason(StrEnum):
    """Why drug is wasted."""

    RESIDUE = "residue"
    NOT_GIVEN = "not_given"
    SPILLED = "spilled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """A waste that waits for its witness, or has had one. Milligrams of base."""

    id: UUID
    container_id: UUID
    session_id: UUID
    draw_id: UUID
    amount_mg: Decimal
    reason: WasteReason
    requested_by: UUID
    requested_at: datetime

    def check_witness(self, witness: UUID, handled: frozenset[UUID]) -> None:
        """A witness neither asked for the waste nor drew or gave this drug (clinical 8).

        Raises SamePerson.
        """
        if witness == self.requested_by or witness in handled:
            raise SamePerson
