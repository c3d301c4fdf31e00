"""The practitioner directory and the reviews patients leave, at rest."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.plan_errors import ReviewNotYours
from scheduling.domain.practitioner import Role
from scheduling.store.tables import review

_FIND = Statement(
    """
    SELECT p.id, p.display_name, p.roles, p.languages, p.modalities,
      ARRAY(SELECT DISTINCT h.site_id FROM weekly_hours h WHERE h.practitioner_id = p.id
        AND coalesce(h.valid_until >= $4::date, true) ORDER BY h.site_id) AS sites,
      ARRAY(SELECT DISTINCT c.kind FROM (SELECT DISTINCT ON (id) * FROM credential
          WHERE practitioner_id = p.id ORDER BY id, version DESC) c
        WHERE c.kind LIKE 'training\\_%' AND c.status = 'active'
          AND $4::date BETWEEN c.issued_on AND c.expires_on ORDER BY c.kind) AS trainings,
      r.reviews, r.rating
    FROM practitioner p, LATERAL (SELECT count(*) AS reviews, round(avg(rating), 1) AS rating
      FROM review WHERE practitioner_id = p.id) r
    WHERE $1::text = ANY(p.roles) AND ($2::text IS NULL OR $2::text = ANY(p.languages))
      AND ($3::text IS NULL OR $3::text = ANY(p.modalities))
    ORDER BY r.rating DESC NULLS LAST, p.id
    """,
    ("role", "language", "modality", "day"),
    {},
)
_PROFILE = Statement(
    "UPDATE practitioner SET languages = $2, modalities = $3 WHERE id = $1",
    ("id", "languages", "modalities"),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A practitioner as somebody who looks for one sees them."""

    id: UUID
    display_name: str
    roles: list[str]
    languages: list[str]
    modalities: list[str]
    sites: list[UUID]
    trainings: list[str]
    reviews: int
    rating: Decimal | None


async def find(
    tx: Transaction,
    *,
    role: Role,
    language: str | None,
    modality: str | None,
    training: str | None,
    site_id: UUID | None,
) -> list[Listing]:
    """Who fits, the best rated first."""
    rows = await tx.fetch(
        _FIND,
        role=role,
        language=language,
        modality=modality,
        day=tx.now.date(),
    )
    found = [Listing(**row) for row in rows]
    return [
        one
        for one in found
        if (training is None or training in one.trainings)
        and (site_id is None or site_id in one.sites)
    ]


async def set_profile(
    tx: Transaction, practitioner_id: UUID, *, languages: list[str], modalities: list[str]
) -> None:
    """Keep what a practitioner offers."""
    await tx.execute(_PROFILE, id=practitioner_id, languages=languages, modalities=modalities)


def add_review(
    tx: Transaction,
    visit_id: UUID,
    practitioner_id: UUID,
    patient_id: UUID,
    *,
    rating: int,
    codes: list[str],
) -> None:
    """Keep a review. Raises ReviewNotYours at the flush for a second one."""
    tx.refuse_on("review_pkey", ReviewNotYours())
    tx.insert(
        review,
        network_id=tx.network,
        visit_id=visit_id,
        practitioner_id=practitioner_id,
        patient_id=patient_id,
        rating=rating,
        codes=codes,
        left_at=tx.now,
    )
