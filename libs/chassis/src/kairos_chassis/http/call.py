"""One HTTP request as a route sees it: who calls, and the transaction to work in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from kairos_chassis import audit, care_team
from kairos_chassis.access import break_glass
from kairos_chassis.auth import Caller, Verifier
from kairos_chassis.capabilities import Capabilities
from kairos_chassis.db import Database, Transaction
from kairos_chassis.http import idempotency
from kairos_chassis.http.cursors import Cursors
from kairos_chassis.http.documents import Document
from kairos_chassis.http.etags import etag, version_from
from kairos_chassis.http.limits import Allowance, Limiter
from kairos_chassis.http.safety import Origins
from kairos_chassis.http.sealed_answers import AnswerSealer
from kairos_chassis.http.streams import Source, Stream
from kairos_chassis.partner_tokens import Partners
from kairos_chassis.policy import Policy
from pydantic import BaseModel
from starlette.requests import Request

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What the edge of a service works with."""

    db: Database
    verifier: Verifier
    cursors: Cursors
    body_limit_bytes: int
    capabilities: Capabilities | None = None
    limiter: Limiter | None = None
    origins: Origins | None = None
    partners: Partners | None = None
    answers: AnswerSealer | None = None
    care_team_required: bool = False


@dataclass(slots=True)
class Reply:
    """The answer a route has prepared."""

    body: bytes
    status: int
    etag: str | None = None
    location: str | None = None
    link: str | None = None
    media_type: str = "application/json"
    filename: str | None = None


@dataclass(slots=True)
class _State:
    act: audit.Act | None = None
    policy: Policy | None = None
    caller: Caller | None = None
    body: bytes = b""
    reply: Reply | None = None
    patient_id: UUID | None = None
    entered: bool = False
    audited: bool = False
    status: int = 200
    claim: idempotency.Claim | None = None
    link: str | None = None
    media_type: str = "application/json"
    glass: break_glass.Grant | None = None
    allowance: Allowance | None = None
    stream: Stream | None = None
    identify: Callable[[], Awaitable[Caller]] | None = None  # who calls, asked anew


class Call(Request):
    """A request, its caller and its one transaction. Services narrow the type of `deps`."""

    deps: Any
    edge: Edge
    state_: _State

    @property
    def caller(self) -> Caller:
        """The verified identity. Every route has one: there are no anonymous routes."""
        assert self.state_.caller is not None
        return self.state_.caller

    @property
    def network_id(self) -> UUID:
        """The network this call works in."""
        assert self.caller.network_id is not None
        return self.caller.network_id

    @property
    def if_match(self) -> int:
        """The version the caller has read. Raises Refusal (428) or StaleVersion (412)."""
        return version_from(self.headers.get("if-match"))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """The transaction of this call, committed before the answer leaves.

        The audit row, and for an unsafe method the idempotency key with the prepared answer, are
        written in it. Prepare the answer inside the block, with `answer`.
        """
        state = self.state_
        async with self.edge.db.transaction(self.network_id, lazily=True) as tx:
            tx.sites = self.caller.sites
            tx.actor = self.caller.acting_for or self.caller.subject
            tx.before_commit(lambda: self._complete(tx))
            try:
                yield tx
                await self._admit_relation(tx)
            finally:
                state.patient_id = tx.patient_id or state.patient_id

    def answer(
        self, model: Model, *, version: int | None = None, location: str | None = None
    ) -> Model:
        """Prepare the answer: what is returned here is sent once the commit is certain.

        `version` becomes the ETag, `location` the Location header.
        """
        self.state_.reply = Reply(
            model.__pydantic_serializer__.to_json(model),
            self.state_.status,
            None if version is None else etag(version),
            location,
            self.state_.link,
        )
        return model

    def document(self, content: bytes, *, filename: str) -> Document:
        """Prepare an answer of the route's media type, as `answer` does. Raises ValueError."""
        prepared = Document(content, filename)
        self.state_.reply = Reply(
            content,
            self.state_.status,
            link=self.state_.link,
            media_type=self.state_.media_type,
            filename=filename,
        )
        return prepared

    def follow(self, source: Source, **pace: float) -> Stream:
        """Prepare an answer that goes on: events from `source`, after the id the client last saw.

        Admit the caller in `transaction` first, as for any answer; `source` opens its own.
        """
        after = self.headers.get("last-event-id")
        prepared = Stream(source=source, after=after, **pace)
        self.state_.stream = prepared
        return prepared

    def about(self, patient_id: UUID) -> None:
        """Name the patient this call concerns, where no transaction says it."""
        self.state_.patient_id = patient_id

    async def _admit_relation(self, tx: Transaction) -> None:
        """Where the policy asks what the caller is to the patient. Raises Refusal (403)."""
        state = self.state_
        policy = state.policy
        if policy is None or policy.relation is None or state.glass is not None:
            return
        patient_id = tx.patient_id or state.patient_id
        required = self.edge.care_team_required
        await care_team.admit(tx, self.caller, policy, patient_id, required=required)

    def _complete(self, tx: Transaction) -> None:
        state = self.state_
        assert state.act is not None
        patient_id = tx.patient_id or state.patient_id
        if state.glass is not None:
            break_glass.admit(state.glass, patient_id)
        audit.record(tx, state.act, "allowed", patient_id=patient_id)
        state.audited = True
        if state.claim is not None:
            if state.reply is None:
                raise RuntimeError("prepare the answer with call.answer() inside the transaction")
            reply = state.reply
            body = reply.body
            if self.edge.answers is not None:
                body = self.edge.answers.seal(body, state.claim.request_sha256)
            idempotency.store(tx, state.claim, reply.status, reply.etag, reply.location, body)
