"""A quarantine of a lot has ended."""

from uuid import UUID

from kairos_events.fields import Code, Instant, VersionTag
from kairos_events.model import PublicEvent


class LotReleasedV1(
    PublicEvent,
    type="dosing.lot_released.v1",
    topic="dosing.events",
    key="lot_id",
):
    """A quarantine of a lot has ended.

    Published when two people have released the lot from what kept it out of use: a recall only once
    it was withdrawn. Pharmacists and partners follow it, after `dosing.lot_recalled.v1`.
    """

    lot_id: UUID
    """The lot of the product in this network: the same opaque id under which it was recalled."""
    product: Code
    """The product: a code of the formulary."""
    lot: VersionTag
    """The maker's lot number."""
    reason: Code
    """What had kept it out of use: an open code, e.g. `recall`, `discrepancy`, `storage`."""
    usable: bool
    """Whether the lot may be used again; false while something else keeps it out of use."""
    released_at: Instant
    """When the second person agreed."""
