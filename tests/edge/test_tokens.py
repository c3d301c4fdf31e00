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


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _parts(header: object, claims: object) -> str:
    return f"{_part(header)}.{_part(claims)}.c2ln"


def _deep() -> str:
    return base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=").decode()


def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return made


def _by_stranger(claims: dict[str, Any], **header: Any) -> str:
    """Signed by somebody whose key the header offers."""
    headers = {"typ": "at+jwt", "kid": KEY_ID, **header}
    return jwt.encode(claims, STRANGER, algorithm="ES256", headers=headers)


def _with_signature_of(token: str, other: str) -> str:
    return f"{token.rpartition('.')[0]}.{other.rpartition('.')[2]}"


def _unsigned(claims: dict[str, Any], algorithm: str) -> str:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": KEY_ID}
    return f"{_part(header)}.{_part(claims)}."


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
    past_claims = {**claims, "exp": past}
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
        "from the future": issuer.sign({**claims, "iat": future, "nbf": past}),
        "no time of issue": issuer.sign(issuer.claims(roles=[role], iat=None)),
        "no number of its own": issuer.sign(issuer.claims(roles=[role], jti=None)),
        "no audience": issuer.sign(issuer.claims(roles=[role], aud=None)),
        "no audience in the list": issuer.sign({**claims, "aud": []}),
        "audiences of others": issuer.sign({**claims, "aud": ["a", "b"]}),
        "issuer in a list": issuer.sign_raw({**claims, "iss": ["https://issuer.test"]}),
        "expiry is true": issuer.sign_raw({**claims, "exp": True}),
        "expiry is no number": issuer.sign_raw({**claims, "exp": float("nan")}),
        "expiry is endless": issuer.sign_raw({**claims, "exp": float("inf")}),
        "roles within roles": issuer.sign({**claims, "roles": [[role]]}),
        "network is a list": issuer.sign({**claims, "network": [claims["network"]]}),
        "patient who names none": issuer.sign({**claims, "roles": ["patient"]}),
        "nurse who names a patient": issuer.sign({**claims, "patient": str(uuid4())}),
        "token of a refresh": issuer.sign(claims, typ="rt+jwt"),
        "token of a log-out": issuer.sign(claims, typ="logout+jwt"),
        "no type": issuer.sign(claims, typ=None),
        "no key id": issuer.sign(claims, kid=None),
        "key id of SQL": issuer.sign(claims, kid="' OR 1=1 --"),
        "key id of an address": issuer.sign(claims, kid="https://evil.test/keys"),
        "key id with a null": issuer.sign(claims, kid=KEY_ID + "\0"),
        "key id in other letters": issuer.sign(claims, kid=KEY_ID.upper()),
        "key told in the token": _by_stranger(claims, jwk=_public(STRANGER)),
        "key to be fetched": _by_stranger(claims, jku="https://evil.test/keys"),
        "certificate to be fetched": _by_stranger(claims, x5u="https://evil.test/cert"),
        "algorithm in other letters": _unsigned(claims, "es256"),
        "none in other letters": _unsigned(claims, "nOnE"),
        "algorithm of another kind": _unsigned(claims, "RS256"),
        "algorithm nobody knows": _unsigned(claims, "ES256 "),
        "algorithm is a list": _parts({"alg": ["ES256"], "typ": "at+jwt"}, claims),
        "header is a list": _parts([], claims),
        "claims are a list": _parts({"alg": "ES256", "typ": "at+jwt", "kid": KEY_ID}, []),
        "signature of another": _with_signature_of(issuer.sign(claims), issuer.sign(past_claims)),
        "signature is zero": issuer.sign(claims).rpartition(".")[0] + "." + "A" * 86,
        "one part too many": issuer.sign(claims) + ".e30",
        "five parts": "a.b.c.d.e",
        "two tokens": f"{issuer.sign(claims)} {issuer.sign(claims)}",
        "no base64": "!.!.!",
        "deep header": f"{_deep()}.e30.c2ln",
        "dots": "..",
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


async def test_bad_tokens_are_only_bad_for_what_they_lack(service: Harness) -> None:
    """The twin: what every one of them is made from opens the same route."""
    method, path, route = next(routes_of(service.app))
    claims = service.issuer.claims(roles=[all_roles(route)[0]])
    token = service.issuer.sign_raw(claims)
    async with service.raw(headers={"Authorization": f"Bearer {token}"}) as client:
        assert (await client.request(method, path)).status_code != 401


async def test_no_route_opens_without_a_token(service: Harness) -> None:
    for method, path, _route in routes_of(service.app):
        async with service.raw() as client:
            answer = await client.request(method, path, content=b"")
        assert answer.status_code == 401


async def test_no_route_opens_to_a_role_it_does_not_name(service: Harness) -> None:
    for method, path, route in routes_of(service.app):
        if route.rules.capability_in_path:
            continue  # it takes no token; what is no capability is refused for everybody
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
