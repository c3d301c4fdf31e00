"""Clinical facts over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.facts import FactList, FactsBody, FactView
from intake.store import clearances, facts
from intake.use_cases.record_facts import NewFact, RecordFacts, record_facts

routes = Routes("clinical facts")


@routes.post("/v1/patients/{patient_id}/facts", policy=policies.RECORD_FACTS)
async def post_facts(call: IntakeCall, patient_id: UUID, body: FactsBody) -> FactList:
    """Record facts, all of them or none; earlier ones stay."""
    command = RecordFacts(
        patient_id=patient_id,
        facts=[
            NewFact(name=f.name, value=f.value, occurred_at=f.occurred_at, source=f.source)
            for f in body.facts
        ],
        recorded_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        recorded = await record_facts(command, tx)
        views = [FactView.of(fact) for fact in recorded]
        return call.answer(FactList(patient_id=patient_id, items=views))


@routes.get("/v1/patients/{patient_id}/facts", policy=policies.READ_FACTS)
async def list_facts(call: IntakeCall, patient_id: UUID) -> FactList:
    """The newest fact of every name."""
    async with call.transaction() as tx:
        await clearances.find(tx, patient_id)
        current = await facts.current(tx, [patient_id], tx.now)
        views = [FactView.of(current[name]) for name in sorted(current)]
        return call.answer(FactList(patient_id=patient_id, items=views))
