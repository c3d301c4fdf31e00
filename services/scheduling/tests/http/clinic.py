"""A clinic with a room and a qualified team, for tests that need one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from kairos_chassis.testing.harness import Harness
from kairos_events.fields import Route
from kairos_events.intake import ClearanceChangedV1
from kairos_events.intake.clearance_changed_v1 import RouteClearance

MORNING = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)  # a Monday, 8 o'clock in Denver
CARDS = {
    "prescriber": (
        ("medical_licence", "CO"),
        ("dea_registration", "CO"),
        ("npi", None),
        ("malpractice_insurance", None),
    ),
    "nurse": (("nursing_licence", "CO"), ("bls", None), ("acls", None)),
    "therapist": (("therapy_licence", "CO"),),
}
NAMES = {"prescriber": "Dr Lee", "nurse": "Nurse Ortiz", "therapist": "Dr Shah"}


@dataclass(slots=True)
class Clinic:
    """What a test needs to book visits."""

    service: Harness
    network: UUID
    site: str = ""
    room: str = ""
    staff: dict[str, str] = field(default_factory=dict)
    cards: dict[tuple[str, str], str] = field(default_factory=dict)  # (role, kind) to credential

    async def post(self, path: str, body: Any, *roles: str, **headers: str) -> httpx.Response:
        """Send a request as somebody with these roles."""
        async with self.service.client(*roles, network=self.network) as client:
            return await client.post(path, json=body, headers=headers)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Read as the front desk."""
        async with self.service.client("front_desk", network=self.network) as client:
            return await client.get(path, params=params)

    async def make(self, path: str, body: Any) -> str:
        """Set something up as an administrator. Returns its id."""
        answer = await self.post(path, body, "ops_admin")
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def hire(self, role: str, *, until: str = "2028-12-31", **left_out: bool) -> str:
        """Register somebody for a role with all they need, and put them on the team."""
        person = str(uuid4())
        await self.make(
            "/v1/practitioners",
            {"practitioner_id": person, "display_name": NAMES[role], "roles": [role]},
        )
        for kind, state in CARDS[role]:
            if not left_out.get(kind):
                self.cards[role, kind] = await self.give(person, kind, state, until=until)
        self.staff[role] = person
        return person

    async def give(
        self, person: str, kind: str, state: str | None, *, since: str = "2026-01-01", until: str
    ) -> str:
        """Record a credential."""
        document = {
            "kind": kind,
            "number": "N-100",
            "issuer": "The board",
            "state": state,
            "issued_on": since,
            "expires_on": until,
        }
        return await self.make(f"/v1/practitioners/{person}/credentials", document)

    async def clear(
        self,
        patient: UUID,
        *,
        version: int = 1,
        cleared: bool = True,
        expires_at: datetime | None = None,
    ) -> None:
        """Intake says whether the patient may have an IM dose."""
        now = self.service.clock.now()
        lasting = expires_at or now + timedelta(days=365)
        route = RouteClearance(
            route=Route.IM,
            cleared=cleared,
            reasons=() if cleared else ("consent_revoked",),
            expires_at=lasting if cleared else None,
            extra_monitoring=(),
        )
        event = ClearanceChangedV1(
            patient_id=patient, clearance_version=version, changed_at=now, routes=(route,)
        )
        await self.service.deliver(event, self.network, sequence=version)

    async def cleared_patient(self) -> UUID:
        """A new patient who may have an IM dose."""
        patient = uuid4()
        await self.clear(patient)
        return patient

    def dosing(self, patient: UUID, **changes: Any) -> dict[str, Any]:
        """The body that books an IM visit in an hour."""
        start = self.service.clock.now() + timedelta(hours=1)
        return {
            "patient_id": str(patient),
            "site_id": self.site,
            "room_id": self.room,
            "visit_type": "dosing_im",
            "route": "im",
            "starts_at": start.isoformat(),
            "staff": dict(self.staff),
            **changes,
        }

    async def book(self, body: dict[str, Any]) -> httpx.Response:
        """Book as the front desk."""
        return await self.post("/v1/visits", body, "front_desk")

    async def booked(self, **changes: Any) -> dict[str, Any]:
        """A booked IM visit of a cleared patient."""
        answer = await self.book(self.dosing(await self.cleared_patient(), **changes))
        assert answer.status_code == 201, answer.text
        visit: dict[str, Any] = answer.json()
        return visit

    async def types(self) -> list[str]:
        """The wire types of what was announced about visits, in order."""
        outboxed = await self.service.outboxed(self.network)
        return [one.type for one in outboxed if ".visit_" in one.type]


async def open_clinic(
    service: Harness, network: UUID, *, zone: str = "America/Denver", state: str = "CO"
) -> Clinic:
    """A site with one room and a qualified team of three."""
    clinic = Clinic(service, network)
    clinic.site = await clinic.make("/v1/sites", {"name": "North", "zone": zone, "state": state})
    clinic.room = await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "Blue"})
    for role in CARDS:
        await clinic.hire(role)
    return clinic


def slug(answer: httpx.Response) -> str:
    """The slug of a problem document."""
    return str(answer.json()["type"]).rpartition(":")[2]
