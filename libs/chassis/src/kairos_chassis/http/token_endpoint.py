"""Where partners' programs get tokens, and where they read how: SMART on FHIR, backend services.

Source: SMART App Launch 2.2 (backend services; `.well-known/smart-configuration`), RFC 6749 (4.4
and 5), RFC 7523. The answers are those of OAuth, which every client library reads.
"""

import asyncio
from typing import Final
from urllib.parse import parse_qs

import orjson
from kairos_chassis import audit, partner_tokens
from kairos_chassis.auth import Caller
from kairos_chassis.errors import Refusal
from kairos_chassis.http.call import Edge
from kairos_chassis.http.limits import TooManyRequests
from kairos_chassis.partner_tokens import Partners, ScopeRefused
from kairos_chassis.partners import ALGORITHMS, ASSERTION_TYPE, PartnerClient
from kairos_events.uuid7 import uuid7
from starlette.requests import Request
from starlette.responses import Response

TOKEN_PATH: Final = "/v1/partner-tokens"  # noqa: S105 - a path
CONFIGURATION_PATH: Final = "/v1/fhir/.well-known/smart-configuration"
_LIMIT_BYTES: Final = 16_384
_SECONDS: Final = 10.0
_FORM: Final = "application/x-www-form-urlencoded"
_HEADERS: Final = {"Pragma": "no-cache"}  # and what every answer says: no-store


class _OAuthError(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def configuration(partners: Partners) -> dict[str, object]:
    """What a program reads first."""
    return {
        "token_endpoint": partners.token_address,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": partners.scopes(),
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }


async def answer_configuration(request: Request) -> Response:
    """The configuration."""
    _, partners = _edge_of(request)
    return _json(configuration(partners), 200)


async def answer_token(request: Request) -> Response:
    """A token for a good assertion."""
    edge, partners = _edge_of(request)
    client: PartnerClient | None = None
    address = request.client.host if request.client else None
    try:
        if edge.limiter is not None:
            edge.limiter.take_stranger(address)
        form = await _form(request)
        client = await _client(form, partners)
        scopes = partner_tokens.granted(client, form.get("scope", ""))
    except ScopeRefused:
        return await _refused(edge, _OAuthError("invalid_scope"), client, address)
    except _OAuthError as error:
        return await _refused(edge, error, client, address)
    except TooManyRequests as error:
        return _json({"error": "slow_down"}, 429, error.headers)
    async with edge.db.transaction(client.network) as tx:
        token = partner_tokens.issue(tx, client, scopes)
        audit.record(tx, _act(client, address), "allowed")
    told = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": int(partner_tokens.LIFETIME.total_seconds()),
        "scope": " ".join(scopes),
    }
    return _json(told, 200)


def _edge_of(request: Request) -> tuple[Edge, Partners]:
    edge: Edge = request.app.state.edge
    assert edge.partners is not None  # else these routes are not there
    return edge, edge.partners


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise _OAuthError("invalid_request")
    body = b""
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _LIMIT_BYTES:
                    raise _OAuthError("invalid_request", 413)
    except TimeoutError:
        raise _OAuthError("invalid_request") from None
    try:
        found = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=10)
    except ValueError:  # not ASCII, no form, or too many fields
        raise _OAuthError("invalid_request") from None
    if any(len(values) != 1 for values in found.values()):
        raise _OAuthError("invalid_request")  # RFC 6749, 3.2: no parameter twice
    return {name: values[0] for name, values in found.items()}


async def _client(form: dict[str, str], partners: Partners) -> PartnerClient:
    if form.get("grant_type") != "client_credentials":
        raise _OAuthError("unsupported_grant_type")
    if form.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in form:
        raise _OAuthError("invalid_request")
    try:
        return await partners.verifier.verify(form["client_assertion"])
    except Refusal:
        raise _OAuthError("invalid_client", 401) from None


async def _refused(
    edge: Edge, error: _OAuthError, client: PartnerClient | None, address: str | None
) -> Response:
    """The refusal, once it is in the audit trail."""
    network = None if client is None else client.network
    async with edge.db.transaction(network, lazily=True) as tx:
        audit.record(tx, _act(client, address), "refused", reason=error.code)
    return _json({"error": error.code}, error.status)


def _act(client: PartnerClient | None, address: str | None) -> audit.Act:
    caller = None
    if client is not None:
        caller = Caller(
            subject=partner_tokens.subject_of(client.client_id),
            network_id=client.network,
            roles=frozenset({"partner"}),
            sites=None,
            expires_at=client.never,
        )
    return audit.Act(
        action="partner_token.issue",
        purpose="TREAT",
        resource=TOKEN_PATH,
        request_id=uuid7(),
        source_address=address,
        caller=caller,
    )


def _json(content: object, status: int, headers: dict[str, str] | None = None) -> Response:
    body = orjson.dumps(content)
    return Response(
        body, status, media_type="application/json", headers={**_HEADERS, **(headers or {})}
    )
