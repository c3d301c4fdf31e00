"""Policy of a network's own on the wire."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from scheduling.domain.house_policy import Figures, HousePolicy, PolicyVersion, Value

Codes = Annotated[list[Code], Field(max_length=20)]


class FiguresBody(Body):
    """What is to differ from what holds without it. The bounds of each are policy data."""

    patients_per_monitor: int | None = None
    first_dose_one_to_one: bool | None = None
    hold_minutes: int | None = None
    lost_slot: Code | None = Field(default=None, description="keep or free")
    late_hours: int | None = None
    no_show_minutes: int | None = None
    overbook_visit_types: Codes | None = None
    overbook_resources: Codes | None = None
    overbook_reasons: Codes | None = None
    offer_minutes: int | None = None
    least_notice_minutes: int | None = None
    earliest_minutes_before_start: int | None = None
    reminders: Codes | None = Field(default=None, description="kinds that are sent")
    feed_initials: bool | None = None

    def figures(self) -> Figures:
        """Those that were named."""
        named = self.model_dump(exclude_none=True)
        return {n: tuple(v) if isinstance(v, list) else v for n, v in named.items()}


class PolicyBody(Body):
    """The next version of what a network, or one of its sites, sets."""

    site_id: UUID | None = Field(default=None, description="null for the network as a whole")
    figures: FiguresBody
    reason: Code


class PolicyVersionView(Answer):
    """A version that was set."""

    id: UUID
    site_id: UUID | None
    version: int
    figures: dict[str, int | bool | str | list[str]]
    loosens: list[str] = Field(description="what lets through more than without this version")
    reason: str
    set_by: UUID
    signed_by: UUID | None
    set_at: Instant

    @classmethod
    def of(cls, made: PolicyVersion) -> "PolicyVersionView":
        """The view of a version."""
        values = {name: getattr(made, name) for name in cls.model_fields}
        values |= {"figures": _plain(made.figures), "loosens": list(made.loosens)}
        return cls(**values)


class HousePolicyView(Answer):
    """What holds at a site, or in the network as a whole, and how it came about."""

    site_id: UUID | None
    network_version: int = Field(description="0 where the network has set nothing")
    site_version: int
    figures: dict[str, int | bool | str | list[str]]
    history: list[PolicyVersionView] = Field(description="of this scope, the newest first")

    @classmethod
    def of(
        cls, site_id: UUID | None, policy: HousePolicy, history: list[PolicyVersion]
    ) -> "HousePolicyView":
        """The view of a policy."""
        return cls(
            site_id=site_id,
            network_version=policy.network_version,
            site_version=policy.site_version,
            figures=_plain(policy.figures),
            history=[PolicyVersionView.of(one) for one in history],
        )


def _plain(figures: Figures) -> dict[str, int | bool | str | list[str]]:
    return {name: _listed(value) for name, value in figures.items()}


def _listed(value: Value) -> int | bool | str | list[str]:
    return list(value) if isinstance(value, tuple) else value
