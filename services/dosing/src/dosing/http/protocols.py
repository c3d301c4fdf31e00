"""Protocols over HTTP: submitted, signed by a medical director, published."""

from typing import Any
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant, Route, Sha256, VersionTag

from dosing.domain.locale import Locale
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.store import protocols
from dosing.use_cases.publish_protocol import PublishProtocol, publish_protocol
from dosing.use_cases.sign_protocol import SignProtocol, sign_protocol
from dosing.use_cases.submit_protocol import SubmitProtocol, submit_protocol

routes = Routes("protocols")


class ProtocolBody(Body):
    """A protocol's whole document."""

    content: dict[str, Any]


class ProtocolView(Answer):
    """A version of a protocol; sign its hash."""

    code: Code
    version: VersionTag
    route: Route
    sha256: Sha256


class NamedBody(Body):
    """A version by its name."""

    code: Code
    version: VersionTag


class SignatureBody(NamedBody):
    """A version, and the hash of the text that was read."""

    sha256: Sha256


class SignatureView(Answer):
    """A medical director answers for exactly this text."""

    code: Code
    version: VersionTag
    sha256: Sha256
    signed_by: UUID
    signed_at: Instant


class InForce(Answer):
    """What a session of a route is opened by now."""

    route: Route
    code: Code
    version: VersionTag


@routes.post("/v1/protocols", policy=policies.SUBMIT_PROTOCOL)
async def post_protocol(call: DosingCall, body: ProtocolBody) -> ProtocolView:
    """Submit a version; it opens no session until it is signed and published."""
    command = SubmitProtocol(content=body.content, by=call.caller.subject)
    async with call.transaction() as tx:
        kept = await submit_protocol(command, tx)
        view = ProtocolView(
            code=kept.code, version=kept.version, route=Route(kept.route), sha256=kept.sha256
        )
        return call.answer(view)


@routes.post("/v1/protocol-signatures", policy=policies.SIGN_PROTOCOL)
async def post_protocol_signature(call: DosingCall, body: SignatureBody) -> SignatureView:
    """Sign exactly the text that was read."""
    command = SignProtocol(
        code=body.code, version=body.version, sha256=body.sha256, by=call.caller.subject
    )
    async with call.transaction() as tx:
        signed = await sign_protocol(command, tx)
        names = SignatureView.model_fields
        return call.answer(SignatureView(**{name: getattr(signed, name) for name in names}))


@routes.post("/v1/protocol-publications", policy=policies.SIGN_PROTOCOL)
async def post_protocol_publication(call: DosingCall, body: NamedBody) -> InForce:
    """Put a signed version in force; open sessions keep theirs."""
    command = PublishProtocol(code=body.code, version=body.version, by=call.caller.subject)
    async with call.transaction() as tx:
        done = await publish_protocol(command, tx)
        view = InForce(route=Route(done.route), code=done.code, version=done.version)
        return call.answer(view)


@routes.get("/v1/protocols", policy=policies.READ_PROTOCOL)
async def get_protocol_in_force(
    call: DosingCall, route: Route, locale: Locale = Locale.US
) -> InForce:
    """What a session of a route is opened by now, at a site of that locale."""
    async with call.transaction() as tx:
        found = await protocols.in_force(tx, route.value, locale)
        return call.answer(InForce(route=route, code=found.code, version=found.version))
