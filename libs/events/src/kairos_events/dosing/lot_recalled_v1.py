"""A lot of a product must not be used any more."""

from uuid import UUID

from kairos_events.fields import Code, Instant, VersionTag
from kairos_events.model import PublicEvent


class LotRecalledV1(
    PublicEvent,
    type="dosing.lot_recalled.v1",
    topic="dosing.events",
    key="lot_id",
):
    """A lot of a product must not be used any more.

    Published when the lot is put out of use in the whole network; infusions that run from it are
    stopped. Pharmacists and partners follow it.
    """

    lot_id: UUID
    """The lot of the product in this network: an opaque id made of both."""
    product: Code
    """The product: a code of the formulary."""
    lot: VersionTag
    """The maker's lot number."""
    reason: Code
    """Why: an open code, e.g. `recall`, `discrepancy`, `storage`."""
    recalled_at: Instant
    """When it was put out of use."""
