"""Why a lot must not be used, and what has to be so before it may be used again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dosing.domain.stock_errors import DiscrepancyOpen, RecallStands


class QuarantineReason(StrEnum):
    """Why a lot is put out of use."""

    RECALL = "recall"
    DISCREPANCY = "discrepancy"
    STORAGE = "storage"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A lot of a product, out of use in the whole network for one reason.

    For each reason it is a quarantine of its own: that a difference was explained takes back no
    recall.
    """

    id: UUID
    product: str
    lot: str
    reason: QuarantineReason
    quarantined_by: UUID
    quarantined_at: datetime

    def check_releasable(self, recall_notice: str | None, *, discrepancy_open: bool) -> None:
        """Raises RecallStands, DiscrepancyOpen.

        `recall_notice` names the maker's or the authority's notice that withdraws the recall.
        `discrepancy_open`: a count of the lot differs from the book and nobody has settled it.
        """
        if self.reason is QuarantineReason.RECALL and recall_notice is None:
            raise RecallStands
        if self.reason is QuarantineReason.DISCREPANCY and discrepancy_open:
            raise DiscrepancyOpen


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Somebody asks that one quarantine ends; it does once somebody else agrees."""

    id: UUID
    quarantine_id: UUID
    reason: str
    recall_notice: str | None
    asked_by: UUID
    asked_at: datetime
