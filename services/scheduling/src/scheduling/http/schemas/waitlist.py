"""The waitlist on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from scheduling.domain.waitlist import EntryState, OfferState, WaitlistEntry, WaitlistOffer


class EntryBody(Body):
    """What a patient waits for, where and between when."""

    patient_id: UUID
    visit_type: Code
    site_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    earliest_at: Instant
    latest_at: Instant
    urgent: bool = False


class EntryView(Answer):
    """Somebody who waits."""

    id: UUID
    patient_id: UUID
    visit_type: str
    site_ids: list[UUID]
    earliest_at: Instant
    latest_at: Instant
    urgent: bool
    state: EntryState
    joined_at: Instant
    passed_over: int

    @classmethod
    def of(cls, entry: WaitlistEntry) -> "EntryView":
        """The view of an entry."""
        values = {name: getattr(entry, name) for name in cls.model_fields}
        return cls(**{**values, "site_ids": list(entry.site_ids)})


class EntryList(Answer):
    """Who waits, in fair order."""

    items: list[EntryView]


class OfferAnswerBody(Body):
    """What the patient said."""

    answer: Literal["accepted", "declined"]


class OfferView(Answer):
    """A slot that is kept for one who waits."""

    id: UUID
    entry_id: UUID
    site_id: UUID
    starts_at: Instant
    state: OfferState
    offered_at: Instant
    expires_at: Instant
    visit_id: UUID | None = None

    @classmethod
    def of(cls, offer: WaitlistOffer, *, visit_id: UUID | None = None) -> "OfferView":
        """The view of an offer."""
        names = [name for name in cls.model_fields if name != "visit_id"]
        return cls(**{name: getattr(offer, name) for name in names}, visit_id=visit_id)


class OfferList(Answer):
    """What somebody was offered."""

    items: list[OfferView]
