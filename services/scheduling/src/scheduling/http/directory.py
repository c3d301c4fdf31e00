"""The practitioner directory over HTTP: whom a patient could be matched with."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field, StringConstraints

from scheduling.domain.plan_errors import ReviewNotYours
from scheduling.domain.practitioner import Role
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.practitioners import PractitionerView
from scheduling.store import directory, practitioners
from scheduling.store.directory import Listing
from scheduling.use_cases.find_slots import FindSlots, find_slots
from scheduling.use_cases.leave_review import LeaveReview, leave_review

routes = Routes("directory")
_MATCHED_BY_TIME = 20  # listings whose next free time is looked up
_HORIZON = timedelta(days=28)
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class ProfileBody(Body):
    """What a practitioner offers."""

    languages: Annotated[list[Language], Field(max_length=20)]
    modalities: Annotated[list[Code], Field(max_length=40)]


class ReviewBody(Body):
    """What a patient says of a practitioner: stars and codes, no free text."""

    practitioner_id: UUID
    rating: Annotated[int, Field(ge=1, le=5)]
    codes: Annotated[list[Code], Field(max_length=10)] = Field(default=[])


class ReviewView(Answer):
    """A review that was left."""

    visit_id: UUID
    practitioner_id: UUID
    rating: int


class ListingView(Answer):
    """A practitioner as somebody who looks for one sees them."""

    practitioner_id: UUID
    display_name: str
    languages: list[str]
    modalities: list[str]
    trainings: list[str]
    sites: list[UUID]
    reviews: int
    rating: Decimal | None
    next_free_at: Instant | None = Field(description="null where no visit type was named, or none")

    @classmethod
    def of(cls, found: Listing, next_free_at: Instant | None) -> "ListingView":
        """The view of a listing."""
        names = [n for n in cls.model_fields if n not in ("practitioner_id", "next_free_at")]
        values = {name: getattr(found, name) for name in names}
        return cls(practitioner_id=found.id, next_free_at=next_free_at, **values)


class Directory(Answer):
    """Who fits: with a visit type the soonest free first, else the best rated."""

    items: list[ListingView]


@routes.get("/v1/directory", policy=policies.READ_DIRECTORY)
async def list_directory(
    call: SchedulingCall,
    role: Role = Role.THERAPIST,
    language: Language | None = None,
    modality: Code | None = None,
    training: Code | None = None,
    site_id: UUID | None = None,
    visit_type: Code | None = None,
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
) -> Directory:
    """Whom a patient could be matched with: by training, modality, language, site and time."""
    async with call.transaction() as tx:
        found = await directory.find(
            tx, role=role, language=language, modality=modality, training=training, site_id=site_id
        )
        free: dict[UUID, Instant] = {}
        for one in found[:_MATCHED_BY_TIME] if visit_type is not None else ():
            asked = FindSlots(
                visit_type=str(visit_type),
                since=tx.now,
                until=tx.now + _HORIZON,
                site_ids=None if site_id is None else [site_id],
                people={role: frozenset({one.id})},
                limit=1,
            )
            for slot in await find_slots(asked, tx):
                free[one.id] = slot.starts_at
        ranked = sorted(found, key=lambda one: (one.id not in free, str(free.get(one.id, ""))))
        views = [ListingView.of(one, free.get(one.id)) for one in ranked[:limit]]
        return call.answer(Directory(items=views))


@routes.post(
    "/v1/practitioners/{practitioner_id}/profile",
    policy=policies.REGISTER_PRACTITIONER,
    status=200,
)
async def post_profile(
    call: SchedulingCall, practitioner_id: UUID, body: ProfileBody
) -> PractitionerView:
    """Say what a practitioner offers to patients."""
    async with call.transaction() as tx:
        found = await practitioners.find(tx, practitioner_id)
        await directory.set_profile(
            tx, practitioner_id, languages=body.languages, modalities=body.modalities
        )
        return call.answer(PractitionerView.of(found))


@routes.post("/v1/visits/{visit_id}/reviews", policy=policies.LEAVE_REVIEW)
async def post_review(call: SchedulingCall, visit_id: UUID, body: ReviewBody) -> ReviewView:
    """Leave a review of somebody who took part in a visit of one's own, once it took place."""
    if call.caller.patient_id is None:
        raise ReviewNotYours
    command = LeaveReview(
        visit_id=visit_id,
        practitioner_id=body.practitioner_id,
        patient_id=call.caller.patient_id,
        rating=body.rating,
        codes=body.codes,
    )
    async with call.transaction() as tx:
        await leave_review(command, tx)
        view = ReviewView(
            visit_id=visit_id, practitioner_id=body.practitioner_id, rating=body.rating
        )
        return call.answer(view)
