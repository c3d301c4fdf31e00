"""A clinic in a test: its people, its vial and its patient, and what they do over HTTP."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from kairos_chassis.testing.harness import Harness
from kairos_events.fields import Route
from kairos_events.intake import ClearanceChangedV1, SafetyConcernRaisedV1
from kairos_events.intake.clearance_changed_v1 import RouteClearance
from kairos_events.intake.safety_concern_raised_v1 import ConcernSeverity
from kairos_events.scheduling import (
    CredentialRecordedV1,
    PractitionerRegisteredV1,
    VisitCheckedInV1,
)
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from .intake import FakeIntake

PRODUCT = "ketamine_50mg_ml_10ml"
GOOD = {
    "systolic_mmhg": 124,
    "diastolic_mmhg": 76,
    "heart_rate_bpm": 72,
    "respiratory_rate_bpm": 14,
    "spo2_percent": 98,
    "moaas": 5,
    "cadss6": 0,
}
ALDRETE = dict.fromkeys(
    ("activity", "respiration", "circulation", "consciousness", "saturation"), 2
)
WELL = {
    **GOOD,
    "systolic_mmhg": 122,
    "cadss6": 1,
    "aldrete": ALDRETE,
    "orientation": 4,
    "gait_steady": True,
    "nausea": 0,
}
AT_THE_DOOR = {
    "escort": {"present": True, "id_document": "driving_licence"},
    "instructions_given": True,
    "crisis_number_given": True,
    "no_driving_agreed": True,
    "new_suicidal_ideation": False,
}


@dataclass(slots=True)
class Clinic:
    """Dr Lee prescribes, Ortiz and Park are nurses."""

    service: Harness
    network: UUID
    intake: FakeIntake
    site: UUID = field(default_factory=uuid4)
    zone: str = "America/Denver"
    lee: UUID = field(default_factory=uuid4)
    ortiz: UUID = field(default_factory=uuid4)
    park: UUID = field(default_factory=uuid4)
    patient: UUID = field(default_factory=uuid4)
    session: str = ""
    vial: str = ""
    route: Route = Route.IM
    product: str = PRODUCT
    credential: dict[tuple[UUID, str], UUID] = field(default_factory=dict)

    async def open(self) -> None:
        """Staff, a cleared patient who has checked in, and a full vial."""
        await self.hire(self.lee, "prescriber", "medical_licence", "dea_registration")
        await self.hire(self.ortiz, "nurse", "nursing_licence", "bls")
        await self.hire(self.park, "nurse", "nursing_licence")
        await self.clear()
        self.session = await self.check_in()
        self.vial = await self.receive()

    async def hire(self, person: UUID, role: str, *kinds: str) -> None:
        """Register somebody with credentials of the site's state."""
        event = PractitionerRegisteredV1(
            practitioner_id=person, roles=(role,), registered_at=self.service.clock.now()
        )
        await self.service.deliver(event, self.network)
        for kind in kinds:
            await self.credit(person, kind)

    async def credit(
        self,
        person: UUID,
        kind: str,
        *,
        state: str | None = "CO",
        expires_on: date = date(2028, 1, 1),
        status: CredentialStatus = CredentialStatus.ACTIVE,
    ) -> None:
        """Record a new version of a credential."""
        event = CredentialRecordedV1(
            credential_id=self.credential.setdefault((person, kind), uuid4()),
            practitioner_id=person,
            kind=kind,
            state=None if kind == "bls" else state,
            issued_on=date(2026, 1, 1),
            expires_on=expires_on,
            status=status,
            recorded_at=self.service.clock.now(),
        )
        await self.service.deliver(event, self.network)

    async def clear(
        self, *, version: int = 1, cleared: bool = True, watch: tuple[str, ...] = ()
    ) -> None:
        """Announce the patient's clearance, with what is to be watched beyond the protocol."""
        now = self.service.clock.now()
        route = RouteClearance(
            route=self.route,
            cleared=cleared,
            reasons=() if cleared else ("consent_revoked",),
            expires_at=now + timedelta(days=30) if cleared else None,
            extra_monitoring=watch,
        )
        event = ClearanceChangedV1(
            patient_id=self.patient, clearance_version=version, changed_at=now, routes=(route,)
        )
        await self.service.deliver(event, self.network)

    async def worry(self) -> SafetyConcernRaisedV1:
        """Announce a high C-SSRS."""
        event = SafetyConcernRaisedV1(
            concern_id=uuid4(),
            patient_id=self.patient,
            trigger="cssrs_high",
            severity=ConcernSeverity.HIGH,
            blocks_dosing=True,
            raised_at=self.service.clock.now(),
        )
        await self.service.deliver(event, self.network)
        return event

    async def check_in(
        self, *, site: UUID | None = None, zone: str | None = None, at: datetime | None = None
    ) -> str:
        """Check the patient in. Returns the session's id."""
        now = at or self.service.clock.now()
        event = VisitCheckedInV1(
            visit_id=uuid4(),
            patient_id=self.patient,
            site_id=site or self.site,
            site_state="CO",
            site_zone=zone or self.zone,
            visit_type="dosing_im",
            route=self.route,
            starts_at=now,
            staff=(),
            escort_confirmed=True,
            checked_in_at=now,
        )
        await self.service.deliver(event, self.network)
        rows = await self.service.rows("session", self.network)
        (found,) = [row["id"] for row in rows if row["visit_id"] == event.visit_id]
        return str(found)

    async def post(self, who: UUID, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One person's request."""
        role = "prescriber" if who == self.lee else "nurse"
        async with self.service.client(role, network=self.network, subject=who) as client:
            return await client.post(path, json=body, headers=headers)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """A read by a nurse."""
        async with self.service.client("nurse", network=self.network, subject=self.ortiz) as client:
            return await client.get(path, params=params or None)

    async def receive(self, *, site: UUID | None = None, **changes: Any) -> str:
        """Receive a full vial. Returns its id."""
        body = {
            "site_id": str(site or self.site),
            "product": self.product,
            "lot": "K2411",
            "expires_on": "2028-04-05",
            "amount_mg": "500",
            **changes,
        }
        return str((await self.post(self.ortiz, "/v1/containers", body)).json()["id"])

    async def order(self, value: str = "0.50", unit: str = "mg_per_kg", **changes: Any) -> Any:
        """Dr Lee orders for 68.0 kg."""
        now = self.service.clock.now().isoformat()
        body = {
            "amount": {"value": value, "unit": unit},
            "route": self.route.value,
            "product": self.product,
            "weight": {"kg": "68.0", "measured_at": now},
            **changes,
        }
        return await self.post(self.lee, f"/v1/sessions/{self.session}/orders", body)

    async def observe(self, readings: dict[str, Any] | None = None, **changes: Any) -> Any:
        """Ortiz takes vital signs."""
        now = self.service.clock.now().isoformat()
        body = {
            "observed_at": now,
            "baseline": self.baseline(),
            "oximetry_continuous": True,
            **(readings or GOOD),
            **changes,
        }
        return await self.post(self.ortiz, f"/v1/sessions/{self.session}/observations", body)

    def baseline(self, **changes: Any) -> dict[str, Any]:
        """Fasting, sober, well, and not pregnant."""
        now = self.service.clock.now()
        return {
            "last_solids_at": (now - timedelta(hours=12)).isoformat(),
            "last_fluids_at": (now - timedelta(hours=4)).isoformat(),
            "medications": {},
            "intoxicated": False,
            "acute_change": False,
            "pregnancy": "negative",
            "pregnancy_tested_on": (now - timedelta(days=1)).date().isoformat(),
            "suicide_screen": "negative",
            **changes,
        }

    async def watched_at(
        self, start: datetime, *minutes: int, readings: dict[str, Any] | None = None
    ) -> None:
        """Somebody looks at these minutes after the first dose."""
        for minute in minutes:
            self.service.clock.at = start + timedelta(minutes=minute)
            answer = await self.observe(readings)
            assert answer.status_code == 201, answer.text

    async def draw(
        self, amount: str = "35", *, vial: str | None = None, who: UUID | None = None
    ) -> Any:
        """Ortiz draws."""
        body = {"container_id": vial or self.vial, "amount_mg": amount}
        return await self.post(who or self.ortiz, f"/v1/sessions/{self.session}/draws", body)

    async def check(self, draw: str, who: UUID | None = None, **changes: Any) -> Any:
        """Park checks the syringe."""
        body = {
            "draw_id": draw,
            "amount_mg": "34",
            "volume_ml": "0.68",
            "patient_identified": True,
            **changes,
        }
        return await self.post(who or self.park, f"/v1/sessions/{self.session}/checks", body)

    async def give(
        self, draw: str | None, amount: str = "34", who: UUID | None = None, **headers: str
    ) -> Any:
        """Ortiz gives the dose."""
        now = self.service.clock.now().isoformat()
        body = {"draw_id": draw, "amount_mg": amount, "administered_at": now}
        path = f"/v1/sessions/{self.session}/administrations"
        return await self.post(who or self.ortiz, path, body, **headers)

    async def due(self) -> None:
        """Everything that is due by now is done, in every network of the run."""
        await self.service.run_due()

    async def cancel(self) -> None:
        """Dr Lee cancels the order."""
        orders = await self.service.rows("dose_order", self.network)
        (order,) = [row["id"] for row in orders if row["cancelled_at"] is None]
        path = f"/v1/orders/{order}/cancellation"
        answer = await self.post(self.lee, path, **{"If-Match": '"v1"'})
        assert answer.status_code == 200, answer.text

    async def ready(self) -> str:
        """Ordered, observed, drawn and checked. Returns the draw's id."""
        assert (await self.order()).status_code == 201
        assert (await self.observe()).status_code == 201
        answer = await self.draw()
        assert answer.status_code == 201, answer.text
        draw = str(answer.json()["draw_id"])
        assert (await self.check(draw)).status_code == 201
        return draw

    async def dosed(self) -> str:
        """Everything up to the dose, and the rest of the draw wasted. Returns the draw's id."""
        draw = await self.ready()
        answer = await self.give(draw)
        assert answer.status_code == 201, answer.text
        body = {"amount_mg": "1", "reason": "residue"}
        waste = (await self.post(self.ortiz, f"/v1/draws/{draw}/wastes", body)).json()["id"]
        seen = await self.post(self.park, f"/v1/wastes/{waste}/witness", {"amount_mg": "1"})
        assert seen.status_code == 201, seen.text
        return draw

    async def relieve(self, who: UUID | None = None) -> None:
        """Park, or somebody else, takes over the watch: Ortiz is free for another patient."""
        path = f"/v1/sessions/{self.session}/monitor-handovers"
        body = {"from_practitioner_id": str(self.ortiz)}
        assert (await self.post(who or self.park, path, body)).status_code == 201

    async def discharge(self, who: UUID | None = None, **changes: Any) -> httpx.Response:
        """Ortiz signs, on the session as it is now."""
        seen = await self.get(f"/v1/sessions/{self.session}")
        body = {**AT_THE_DOOR, **changes}
        path = f"/v1/sessions/{self.session}/discharge"
        signer = who or self.ortiz
        return await self.post(signer, path, body, **{"If-Match": seen.headers["ETag"]})

    async def types(self) -> list[str]:
        """Types of the events announced so far."""
        return [event.type for event in await self.service.outboxed(self.network)]

    async def switch(
        self, route: Route, product: str, amount_mg: str, *, version: int = 1, **receive: Any
    ) -> None:
        """Another route: cleared for it, checked in, with a container of its product."""
        self.route, self.product = route, product
        await self.clear(version=version + 1)
        self.intake.version = version + 1
        self.session = await self.check_in()
        self.vial = await self.receive(amount_mg=amount_mg, **receive)
