"""Keep one row of an import file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.practitioner import Role
from scheduling.domain.resource_errors import ImportReference
from scheduling.use_cases.add_equipment import AddEquipment, add_equipment
from scheduling.use_cases.add_room import AddRoom, add_room
from scheduling.use_cases.add_site import AddSite, add_site
from scheduling.use_cases.record_credential import RecordCredential, record_credential
from scheduling.use_cases.register_practitioner import RegisterPractitioner, register_practitioner
from scheduling.use_cases.set_hours import HoursOfDay, SetHours, set_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRowCommand:
    """A row that can be tried, and the ids of the rows before it by their keys."""

    kind: str
    cells: Mapping[str, str]
    keys: Mapping[str, UUID]


async def import_row(command: ImportRowCommand, tx: Transaction) -> UUID:
    """Keep it as if it had been sent by itself. Returns its id.

    Raises ImportReference (422), and what the use case of its kind raises.
    """
    cells = command.cells
    if command.kind == "site":
        site = AddSite(name=cells["name"], zone=cells["zone"], state=cells["state"])
        return (await add_site(site, tx)).id
    if command.kind == "room":
        room = AddRoom(site_id=_named(command, "site"), name=cells["name"])
        return (await add_room(room, tx)).id
    if command.kind == "equipment":
        piece = AddEquipment(
            site_id=_named(command, "site"), kind=cells["equipment_kind"], name=cells["name"]
        )
        return (await add_equipment(piece, tx)).id
    if command.kind == "practitioner":
        return await _practitioner(command, tx)
    if command.kind == "credential":
        return await _credential(command, tx)
    return await _hours(command, tx)


async def _practitioner(command: ImportRowCommand, tx: Transaction) -> UUID:
    roles = command.cells["roles"].split()
    if not roles or not set(roles) <= {role.value for role in Role}:
        raise ImportReference
    person = RegisterPractitioner(
        practitioner_id=_id(command.cells["id"]),
        display_name=command.cells["name"],
        roles=frozenset(Role(role) for role in roles),
    )
    registered = await register_practitioner(person, tx)
    await tx.flush()
    return registered.id


async def _credential(command: ImportRowCommand, tx: Transaction) -> UUID:
    cells = command.cells
    credential = RecordCredential(
        practitioner_id=_named(command, "practitioner"),
        kind=cells["credential_kind"],
        number=cells["number"],
        issuer=cells["issuer"],
        state=cells.get("state"),
        issued_on=date.fromisoformat(cells["issued_on"]),
        expires_on=date.fromisoformat(cells["expires_on"]),
    )
    return (await record_credential(credential, tx)).id


async def _hours(command: ImportRowCommand, tx: Transaction) -> UUID:
    cells, person = command.cells, None
    if command.kind == "practitioner_hours":
        person = _named(command, "practitioner")
    opens, closes = time.fromisoformat(cells["opens_at"]), time.fromisoformat(cells["closes_at"])
    site_id = _named(command, "site")
    hours = SetHours(
        site_id=site_id,
        practitioner_id=person,
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_until=None,
        week=[
            HoursOfDay(weekday=int(day), opens_at=opens, closes_at=closes)
            for day in cells["weekdays"].split()
        ],
    )
    await set_hours(hours, tx)
    return person or site_id


def _named(command: ImportRowCommand, column: str) -> UUID:
    name = command.cells[column]
    return command.keys[name] if name in command.keys else _id(name)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ImportReference from None
