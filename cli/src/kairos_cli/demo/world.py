"""What the acts of the journey share: the people, the clock, and the ids that come to be."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from kairos_cli.demo.people import PATIENCE_S, Exchange, Person
from kairos_cli.demo.stage import Stage
from kairos_cli.demo.words import ChartWords, PrivateWords, Words
from kairos_cli.issuer import EVERY_SITE
from kairos_cli.platform import Platform

# A Monday morning at the clinic in Denver (16:00 UTC is 09:00 there): the day of the first dose.
DAY_0 = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)
ROLES = {
    "Dr Lee": ("prescriber",),
    "RN Ortiz": ("nurse",),
    "RN Park": ("nurse",),
    "Dr Shah": ("therapist",),
    "Desk": ("front_desk",),
    "Ops": ("ops_admin",),
}


@dataclass(slots=True)
class World:
    """One playing of the journey, in a network of its own."""

    platform: Platform
    stage: Stage
    network: uuid.UUID
    client: httpx.Client
    words: Words = field(default_factory=Words)
    private: PrivateWords = field(default_factory=PrivateWords)
    chart: ChartWords = field(default_factory=ChartWords)
    patience_s: float = PATIENCE_S
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    first_dose_at: datetime = DAY_0
    dosed_at: list[datetime] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name, roles in ROLES.items():
            self.people[name] = self._hire(name, roles)

    @property
    def lee(self) -> Person:
        """Prescriber."""
        return self.people["Dr Lee"]

    @property
    def ortiz(self) -> Person:
        """Nurse; gives the dose."""
        return self.people["RN Ortiz"]

    @property
    def park(self) -> Person:
        """Nurse; the second person."""
        return self.people["RN Park"]

    @property
    def shah(self) -> Person:
        """Therapist."""
        return self.people["Dr Shah"]

    @property
    def desk(self) -> Person:
        """Front desk."""
        return self.people["Desk"]

    @property
    def ops(self) -> Person:
        """Operations."""
        return self.people["Ops"]

    @property
    def exchanges(self) -> list[Exchange]:
        """Every answer anybody was given."""
        return [one for person in self.people.values() for one in person.exchanges]

    def now(self) -> datetime:
        """The platform's time."""
        return self.platform.clock.now()

    def stamp(self) -> str:
        """The platform's time, as a request says it."""
        return self.now().isoformat()

    def at(self, day: int, hours: float = 0) -> None:
        """Let it be that day of the journey, that long after nine in the morning."""
        self.platform.clock.set(DAY_0 + timedelta(days=day, hours=hours))

    def minutes_after_dose(self, minutes: float) -> None:
        """Let this much time have passed since the dose."""
        self.platform.clock.set(self.first_dose_at + timedelta(minutes=minutes))

    def admit(self, name: str, patient: uuid.UUID) -> Person:
        """Let a patient log in."""
        self.people[name] = self._hire(name, ("patient",), patient)
        return self.people[name]

    def hire(self, name: str, role: str, *, at: str) -> Person:
        """Let somebody log in who works at one site alone."""
        self.people[name] = self._hire(name, (role,), sites=(self.ids[f"site_{at}"],))
        return self.people[name]

    def _hire(
        self,
        name: str,
        roles: Sequence[str],
        patient: uuid.UUID | None = None,
        sites: Sequence[str] = EVERY_SITE,
    ) -> Person:
        subject = uuid.uuid4()

        def mint() -> str:
            return self.platform.mint(
                *roles, network=self.network, sites=sites, subject=subject, patient=patient
            )

        return Person(
            name=name,
            id=subject,
            mint=mint,
            urls=lambda: self.platform.urls,
            client=self.client,
            patience_s=self.patience_s,
        )
