"""The steps of one exchange, in order: begin, admit, (bind, run), reply or refuse."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from kairos_chassis import audit, capabilities, partner_tokens
from kairos_chassis.access import break_glass
from kairos_chassis.auth import Caller
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http import idempotency
from kairos_chassis.http.call import Call, Reply, _State
from kairos_chassis.http.limits import SERVICE_FACTOR, TooManyRequests
from kairos_chassis.http.problems import problem, problem_of
from kairos_chassis.http.streams import EventStream
from kairos_events.uuid7 import uuid7
from starlette.responses import Response

if TYPE_CHECKING:
    from kairos_chassis.http.route import Rules

BODY_SECONDS = 15.0
_log = structlog.get_logger()


def begin(call: Call, path: str, rules: "Rules") -> None:
    """Give the call its state: what it is about to do, before anything can fail."""
    client = call.scope.get("client")
    resource = path
    for name, value in call.path_params.items():
        # Ids only: a value that is no UUID could be anything somebody typed.
        resource = resource.replace("{" + name + "}", str(value) if _is_uuid(value) else "?")
    call.state_ = _State(
        act=audit.Act(
            action=rules.policy.action,
            purpose=rules.policy.purpose,
            resource=resource,
            request_id=uuid7(),
            source_address=client[0] if client else None,
            caller=None,
        ),
        policy=rules.policy,
        status=rules.status,
        media_type=rules.media_type,
    )
    state = call.app.state
    call.deps, call.edge = state.deps, state.edge


async def admit(call: Call, rules: "Rules") -> None:
    """Authenticate, read the body within its bounds, check the policy. Raises Refusal."""
    state = call.state_
    caller = await _known(call, rules)
    assert state.act is not None
    state.act.caller = caller
    state.act.caller = state.caller = caller = _named_network(call, caller)
    if (glass := call.headers.get("kairos-break-glass")) is not None:
        await _break_glass(call, rules, glass)
    else:
        rules.policy.admit(caller)
    state.body = await _read_body(call, rules.body_limit_bytes or call.edge.body_limit_bytes)
    if rules.unsafe:
        state.claim = idempotency.claim(
            call.headers.get("idempotency-key"),
            caller.subject,
            call.method,
            call.scope["path"] + "?" + call.scope["query_string"].decode("latin-1"),
            state.body,
            caller.acting_for,
        )


async def _known(call: Call, rules: "Rules") -> Caller:
    """The caller, who has not asked too often. Raises Refusal (401), TooManyRequests (429)."""
    state, limiter = call.state_, call.edge.limiter
    assert state.act is not None
    state.identify = partial(_identify, call, rules)
    try:
        caller = await state.identify()
    except Refusal:
        if limiter is not None:
            limiter.take_stranger(state.act.source_address)
        raise
    if limiter is not None:
        state.act.caller = caller
        factor = SERVICE_FACTOR if caller.is_service else 1
        state.allowance = limiter.take(caller.subject, factor=factor)
    return caller


async def _break_glass(call: Call, rules: "Rules", header: str) -> None:
    """Admit a caller whom the policy does not, to one patient's record. Raises Refusal (403)."""
    state = call.state_
    assert state.act is not None
    policy, reads = rules.policy, not rules.unsafe
    state.glass = await break_glass.claim(call.edge.db, call.caller, policy, header, reads=reads)
    state.act.purpose = break_glass.PURPOSE
    state.act.caller = state.caller = replace(call.caller, sites=None)


async def _identify(call: Call, rules: "Rules") -> Caller:
    """By an access token, or by a capability sent in its place. Raises Refusal (401)."""
    if rules.capability_in_path:
        token = str(call.path_params["capability"])
        return await capabilities.identify(call.edge.db, call.edge.capabilities, token)
    authorization = call.headers.get("authorization")
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token.startswith(capabilities.PREFIX):
        return await capabilities.identify(call.edge.db, call.edge.capabilities, token)
    if scheme.lower() == "bearer" and token.startswith(partner_tokens.PREFIX):
        return await partner_tokens.identify(call.edge.db, call.edge.partners, token)
    return await call.edge.verifier.verify(authorization)


async def _still_known(call: Call) -> bool:
    """Whether what admitted the caller still would: neither expired nor cut off."""
    assert call.state_.identify is not None
    try:
        return (await call.state_.identify()).subject == call.caller.subject
    except Refusal:
        return False


def _named_network(call: Call, caller: Caller) -> Caller:
    """A service identity names the network and the user of each call; nobody else may."""
    if not caller.is_service:
        return caller
    try:
        network = UUID(call.headers["kairos-network"])
        acting = call.headers.get("kairos-acting-for")
        acting_for = None if acting is None else UUID(acting)
    except (KeyError, ValueError):
        message = "A service names its network in Kairos-Network."
        raise Refusal("network_required", Kind.MALFORMED, message) from None
    return replace(caller, network_id=network, acting_for=acting_for)


async def _read_body(call: Call, limit: int) -> bytes:
    declared = call.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        raise _too_large(limit)
    if declared == "0" and "transfer-encoding" not in call.headers:
        return b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _received(call, limit)
    except TimeoutError:
        raise Refusal("body_too_slow", Kind.MALFORMED, "The body came too slowly.") from None


async def _received(call: Call, limit: int) -> bytes:
    body = b""
    more = True
    while more:
        message = await call.receive()
        if message["type"] == "http.disconnect":
            raise Refusal("body_incomplete", Kind.MALFORMED, "The body ended before its end.")
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return body


def _too_large(limit: int) -> Refusal:
    return Refusal("body_too_large", Kind.TOO_LARGE, f"A body may have {limit} bytes.")


def reply(call: Call, result: Any) -> Response:
    """The response to a run that went well. Raises RuntimeError for one nobody audited."""
    state = call.state_
    if not state.audited:
        raise RuntimeError("work in call.transaction(): it writes the audit row")
    if state.stream is not None:
        return EventStream(state.stream, _request_id(call), partial(_still_known, call))
    if state.reply is None:
        state.reply = Reply(result.__pydantic_serializer__.to_json(result), state.status)
    return _response(state.reply, _request_id(call))


async def refuse(call: Call, error: Exception) -> tuple[Response, str]:
    """The response to a run that did not: the first answer of a repeat, else a problem.

    The refusal is audited before the answer leaves; if that is impossible the caller hears 503
    and nothing else.
    """
    try:
        if (repeated := await _first_answer(call)) is not None:
            return repeated, "repeated"
    except Refusal as reused:
        error = reused
    except Exception as failure:
        _log.warning("replay_unavailable", error=type(failure).__name__)
    response = problem_of(error, _request_id(call))
    slug = str(getattr(error, "slug", "internal_error"))
    if response is None:
        _log.error("unhandled_error", error=type(error).__name__, where=_where(error))
        slug, response = "internal_error", _internal(call)
    try:
        if not isinstance(error, TooManyRequests) or error.first:
            await _audit_refusal(call, slug, failed=response.status_code >= 500)
    except Exception as failure:
        _log.error("audit_unavailable", error=type(failure).__name__)
        detail = "Try again in a moment."
        response = problem(Kind.UNAVAILABLE, "unavailable", detail, _request_id(call))
    response.headers["X-Request-Id"] = _request_id(call)
    return response, slug


async def _first_answer(call: Call) -> Response | None:
    state = call.state_
    if state.claim is None or not state.entered:
        return None
    stored = await idempotency.find(call.edge.db, call.network_id, state.claim)
    if stored is None:
        return None
    async with call.edge.db.transaction(call.network_id, lazily=True) as tx:
        assert state.act is not None
        audit.record(tx, state.act, "allowed", patient_id=state.patient_id, reason="repeated")
    body = stored.body
    if call.edge.answers is not None:
        body = call.edge.answers.open(body, state.claim.request_sha256)
    answer = Reply(body, stored.status, stored.etag, stored.location)
    response = _response(answer, _request_id(call))
    response.headers["Idempotency-Replayed"] = "true"
    return response


async def _audit_refusal(call: Call, slug: str, *, failed: bool) -> None:
    state = call.state_
    network = None if state.caller is None else state.caller.network_id
    async with call.edge.db.transaction(network, lazily=True) as tx:
        assert state.act is not None
        outcome: audit.Outcome = "failed" if failed else "refused"
        audit.record(tx, state.act, outcome, patient_id=state.patient_id, reason=slug)


def _response(answer: Reply, request_id: str) -> Response:
    headers = {"X-Request-Id": request_id, "Cache-Control": "no-store"}
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.location is not None:
        headers["Location"] = answer.location
    if answer.link is not None:
        headers["Link"] = answer.link
    if answer.filename is not None:
        headers["Content-Disposition"] = f'attachment; filename="{answer.filename}"'
    return Response(answer.body, answer.status, headers, answer.media_type)


def _internal(call: Call) -> Response:
    detail = "Something went wrong on our side. Name the request id when you report it."
    return problem(Kind.INTERNAL, "internal_error", detail, _request_id(call))


def _request_id(call: Call) -> str:
    assert call.state_.act is not None
    return str(call.state_.act.request_id)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
