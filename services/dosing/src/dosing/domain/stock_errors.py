"""What is refused of the ledger's surroundings."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class DiscrepancyNotFound(Exception):
    """There is no such discrepancy."""

    slug = "discrepancy_not_found"
    kind = Kind.NOT_FOUND


class DiscrepancyClosed(Exception):
    """This discrepancy was explained, or written off as a loss, before."""

    slug = "discrepancy_closed"
    kind = Kind.CONFLICT


class TransferNotFound(Exception):
    """There is no such transfer."""

    slug = "transfer_not_found"
    kind = Kind.NOT_FOUND


class TransferReceived(Exception):
    """This transfer was received before."""

    slug = "transfer_received"
    kind = Kind.CONFLICT


class DestructionNotFound(Exception):
    """There is no such destruction."""

    slug = "destruction_not_found"
    kind = Kind.NOT_FOUND


class DestructionDone(Exception):
    """Two employees have witnessed this destruction before."""

    slug = "destruction_done"
    kind = Kind.CONFLICT


class InventoryNotFound(Exception):
    """There is no such inventory."""

    slug = "inventory_not_found"
    kind = Kind.NOT_FOUND


class NotTransferable(Exception):
    """Stock dispensed for one patient stays where it is: it cannot become another site's."""

    slug = "patient_specific_not_transferable"
    kind = Kind.REFUSED


class OwnershipUnclear(Exception):
    """Stock for a patient names the patient, and clinic stock names none."""

    slug = "ownership_unclear"
    kind = Kind.INVALID


class DayClosed(Exception):
    """The books of this day are closed."""

    slug = "day_closed"
    kind = Kind.CONFLICT


class DayNotClosable(Exception):
    """The day cannot be closed: clear up what is named first."""

    slug = "day_not_closable"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class ContainerInUse(Exception):
    """Drug drawn from this container is in somebody's hands. Account for it first."""

    slug = "container_in_use"
    kind = Kind.CONFLICT


class LotQuarantined(Exception):
    """The lot is out of use. It may be counted and destroyed, and nothing else."""

    slug = "lot_quarantined"
    kind = Kind.REFUSED


class QuarantineNotFound(Exception):
    """There is no such quarantine."""

    slug = "quarantine_not_found"
    kind = Kind.NOT_FOUND


class ReleaseNotFound(Exception):
    """Nobody has asked for such a release."""

    slug = "lot_release_not_found"
    kind = Kind.NOT_FOUND


class QuarantineReleased(Exception):
    """This quarantine has ended."""

    slug = "quarantine_released"
    kind = Kind.CONFLICT


class RecallStands(Exception):
    """The lot was recalled. It is released once the recall is withdrawn: name that notice."""

    slug = "recall_stands"
    kind = Kind.REFUSED


class DiscrepancyOpen(Exception):
    """A count of this lot differs from the book. Explain it or write it off first."""

    slug = "discrepancy_open"
    kind = Kind.REFUSED


class ZoneUnknown(Exception):
    """Nobody has said in which time zone the site lies. A medical director sets it up."""

    slug = "site_zone_unknown"
    kind = Kind.REFUSED


class ZoneDiffers(Exception):
    """The site lies in another time zone than was said: its own calendar day counts."""

    slug = "zone_not_of_site"
    kind = Kind.REFUSED
