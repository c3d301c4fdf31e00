"""Refusals about hours, closures, equipment and credentials in force."""

from kairos_chassis.errors import Kind


class EquipmentNotFound(Exception):
    """There is no such equipment at this site."""

    slug = "equipment_not_found"
    kind = Kind.NOT_FOUND


class HoursOrder(Exception):
    """Something closes after it opens, and ends after it begins."""

    slug = "hours_order"
    kind = Kind.INVALID


class ResourceNotFound(Exception):
    """There is nothing of that kind with that id."""

    slug = "resource_not_found"
    kind = Kind.NOT_FOUND


class CredentialActive(Exception):
    """The credential is not suspended."""

    slug = "credential_active"
    kind = Kind.CONFLICT


class ImportReference(Exception):
    """A cell names neither an earlier row of the file nor an id, or a role nobody has."""

    slug = "import_reference"
    kind = Kind.INVALID
