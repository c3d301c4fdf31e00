"""Commitments, practices and what is carried forward, over HTTP. Patients reach their own."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_patient

from integration.domain.carrying import carried
from integration.domain.errors import CommitmentNotFound
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.commitment_schemas import (
    CarriedForward,
    CheckBody,
    CheckView,
    CommitmentBody,
    Commitments,
    CommitmentView,
    EndCommitmentBody,
    LearnedView,
)
from integration.http.persons import admit_person
from integration.http.views import view
from integration.store import commitments as store
from integration.store import therapy_sessions
from integration.use_cases.check_commitment import CheckCommitment, check_commitment
from integration.use_cases.end_commitment import EndCommitment, end_commitment
from integration.use_cases.make_commitment import MakeCommitment, make_commitment

routes = Routes("commitments")
INSIGHTS_MOST = 20


@routes.post("/v1/patients/{patient_id}/commitments", policy=policies.KEEP_COMMITMENT)
async def post_commitment(
    call: IntegrationCall, patient_id: UUID, body: CommitmentBody
) -> CommitmentView:
    """Promise something, to oneself."""
    admit_patient(call.caller, patient_id)
    command = MakeCommitment(patient_id=patient_id, **body.model_dump())
    async with call.transaction() as tx:
        made = await make_commitment(command, tx)
        location = f"/v1/commitments/{made.id}"
        return call.answer(CommitmentView.of(made, []), version=made.version, location=location)


@routes.get("/v1/patients/{patient_id}/commitments", policy=policies.READ_COMMITMENT)
async def list_commitments(call: IntegrationCall, patient_id: UUID) -> Commitments:
    """A patient's commitments and how they go, the oldest first."""
    admit_patient(call.caller, patient_id)
    async with call.transaction() as tx:
        tx.about(patient_id)
        made = await store.of_patient(tx, patient_id)
        checks = await store.checks_of(tx, patient_id)
        return call.answer(Commitments(items=[CommitmentView.of(one, checks) for one in made]))


@routes.get("/v1/commitments/{commitment_id}", policy=policies.READ_COMMITMENT)
async def get_commitment(call: IntegrationCall, commitment_id: UUID) -> CommitmentView:
    """One commitment."""
    async with call.transaction() as tx:
        found = await store.commitments.find(tx, commitment_id)
        await admit_person(call, found.patient_id, tx, CommitmentNotFound())
        checks = await store.checks_of(tx, found.patient_id)
        return call.answer(CommitmentView.of(found, checks), version=found.version)


@routes.post("/v1/commitments/{commitment_id}/checks", policy=policies.KEEP_COMMITMENT)
async def post_check(call: IntegrationCall, commitment_id: UUID, body: CheckBody) -> CheckView:
    """Say how it went."""
    command = CheckCommitment(
        commitment_id=commitment_id, noted_by=call.caller.subject, **body.model_dump()
    )
    async with call.transaction() as tx:
        check = await check_commitment(command, tx)
        await admit_person(call, check.patient_id, tx, CommitmentNotFound())
        return call.answer(view(CheckView, check))


@routes.post(
    "/v1/commitments/{commitment_id}/end",
    policy=policies.KEEP_COMMITMENT,
    status=200,
    if_match=True,
)
async def post_commitment_end(
    call: IntegrationCall, commitment_id: UUID, body: EndCommitmentBody
) -> CommitmentView:
    """It is part of life now, or no longer wanted."""
    command = EndCommitment(commitment_id=commitment_id, state=body.state, version=call.if_match)
    async with call.transaction() as tx:
        ended = await end_commitment(command, tx)
        await admit_person(call, ended.patient_id, tx, CommitmentNotFound())
        checks = await store.checks_of(tx, ended.patient_id)
        return call.answer(CommitmentView.of(ended, checks), version=ended.version)


@routes.get("/v1/patients/{patient_id}/carried-forward", policy=policies.READ_SESSION)
async def get_carried_forward(call: IntegrationCall, patient_id: UUID) -> CarriedForward:
    """What the next preparation shows: intended, learned, promised."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        sessions = await therapy_sessions.of_patient(tx, patient_id)
        made = await store.of_patient(tx, patient_id)
        checks = await store.checks_of(tx, patient_id)
        found = carried(sessions, made, insights_most=INSIGHTS_MOST)
        answer = CarriedForward(
            intention=found.intention,
            intended_at=found.intended_at,
            goals=list(found.goals),
            insights=[view(LearnedView, one) for one in found.insights],
            commitments=[CommitmentView.of(one, checks) for one in found.commitments],
        )
        return call.answer(answer)
