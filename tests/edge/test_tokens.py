"""Only a good access token opens a route; every other is a 401 that says nothing."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from kairos_chassis.testing.harness import Harness
from kairos_chassis.testing.tokens import KEY_ID

from .services import all_roles, routes_of

STRANGER = ec.generate_private_key(ec.SECP256R1())


def _unsigned(claims: dict[str, Any], algorithm: str) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    header = {"alg": algorithm, "typ": "at+jwt", "kid": KEY_ID}
    return f"{part(header)}.{part(claims)}."


def _hs256(claims: dict[str, Any], secret: str) -> str:
    """A token signed with the issuer's public key as if it were a shared secret."""
    unsigned = _unsigned(claims, "HS256").rstrip(".")
    signature = hmac.digest(secret.encode(), unsigned.encode(), "sha256")
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def bad_tokens(service: Harness, role: str) -> dict[str, str]:
    """Tokens that must not open anything."""
    issuer, now = service.issuer, service.clock.now()
    claims = issuer.claims(roles=[role])
    past = int((now - timedelta(minutes=5)).timestamp())
    future = int((now + timedelta(minutes=5)).timestamp())
    public = str(jwt.algorithms.ECAlgorithm.to_jwk(issuer.key.public_key()))
    return {
        "expired": issuer.sign({**claims, "exp": past}),
        "not yet valid": issuer.sign({**claims, "nbf": future}),
        "wrong audience": issuer.sign({**claims, "aud": "somebody-else"}),
        "wrong issuer": issuer.sign({**claims, "iss": "https://evil.test"}),
        "no subject": issuer.sign(issuer.claims(roles=[role], sub=None)),
        "no expiry": issuer.sign(issuer.claims(roles=[role], exp=None)),
        "no network": issuer.sign(issuer.claims(roles=["nurse"], network=None)),
        "subject is no id": issuer.sign({**claims, "sub": "root"}),
        "roles are no list": issuer.sign({**claims, "roles": role}),
        "expiry is text": issuer.sign({**claims, "exp": "tomorrow"}),
        "expiry beyond time": issuer.sign({**claims, "exp": 10**18}),
        "an id token": issuer.sign(claims, typ="JWT"),
        "none": _unsigned(claims, "none"),
        "empty signature": _unsigned(claims, "ES256"),
        "foreign key": jwt.encode(
            claims, STRANGER, algorithm="ES256", headers={"typ": "at+jwt", "kid": KEY_ID}
        ),
        "unknown key id": issuer.sign(claims, kid="../../etc/passwd"),
        "public key as secret": _hs256(claims, public),
        "critical extension": issuer.sign(claims, crit=["exp"]),
        "garbage": "not.a.token",
        "oversized": "a" * 20_000,
    }


async def test_every_bad_token_is_401_on_every_route(service: Harness) -> None:
    method, path, route = next(routes_of(service.app))
    for name, token in bad_tokens(service, all_roles(route)[0]).items():
        async with service.raw(headers={"Authorization": f"Bearer {token}"}) as client:
            answer = await client.request(method, path)
        assert answer.status_code == 401, name
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert token[:40] not in answer.text


async def test_no_route_opens_without_a_token(service: Harness) -> None:
    for method, path, _route in routes_of(service.app):
        async with service.raw() as client:
            answer = await client.request(method, path, content=b"")
        assert answer.status_code == 401


async def test_no_route_opens_to_a_role_it_does_not_name(service: Harness) -> None:
    for method, path, route in routes_of(service.app):
        network = uuid4()
        async with service.client("no_such_role", network=network) as client:
            answer = await client.request(method, path)
        assert answer.status_code == 403
        (entry,) = await service.rows("audit_entry", network)
        assert (entry["outcome"], entry["reason"]) == ("refused", "not_permitted")
        assert entry["action"] == route.rules.policy.action


async def test_a_token_that_expires_while_remembered_stops_working(service: Harness) -> None:
    method, path, route = next(r for r in routes_of(service.app) if "{" not in r[1] or True)
    at = service.clock.at
    async with service.client(all_roles(route)[0], network=uuid4()) as client:
        before = await client.request(method, path)
        service.clock.advance(timedelta(hours=2))
        try:
            after = await client.request(method, path)
        finally:
            service.clock.at = at
    assert before.status_code != 401
    assert after.status_code == 401


async def test_a_person_cannot_pose_as_a_service(service: Harness) -> None:
    """Kairos-Network is for service identities; a person's network is in the token."""
    other = uuid4()
    for method, path, route in routes_of(service.app):
        if route.rules.unsafe or "{" in route.path or "service" in route.rules.policy.roles:
            continue
        headers = {"Kairos-Network": str(other)}
        async with service.client(all_roles(route)[0], network=uuid4(), headers=headers) as client:
            await client.request(method, path)
    assert await service.rows("audit_entry", other) == []


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer  ", ""])
async def test_other_authorisation_schemes_are_401(service: Harness, header: str) -> None:
    method, path, _route = next(routes_of(service.app))
    async with service.raw(headers={"Authorization": header}) as client:
        assert (await client.request(method, path)).status_code == 401
