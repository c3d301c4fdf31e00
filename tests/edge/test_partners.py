"""A partner's program: an assertion it signs, a token for minutes, and what its scopes allow."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.token_endpoint import CONFIGURATION_PATH, TOKEN_PATH
from kairos_chassis.partners import ASSERTION_TYPE
from kairos_chassis.policy import covers
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .services import NAMES, routes_of, service_of, settings_of

NETWORK = UUID("018f0000-0000-7000-8000-00000000000a")
PUBLIC = "https://kairos.clinic.example"
ADDRESS = PUBLIC + TOKEN_PATH
CLIENT, OTHER = "ehr-of-clinic-a", "registry-of-clinic-a"
SCOPES = ["system/ServiceRequest.cu", "system/Observation.rs"]
_EC = ec.generate_private_key(ec.SECP384R1())
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS: dict[str, Any] = {"ES384": _EC, "RS384": _RSA}
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=NAMES)
async def partner(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """A service that knows two programs of one network."""
    folder = tmp_path_factory.mktemp("partners")
    public = [
        {**json.loads(ECAlgorithm.to_jwk(_EC.public_key())), "kid": "ES384", "alg": "ES384"},
        {**json.loads(RSAAlgorithm.to_jwk(_RSA.public_key())), "kid": "RS384", "alg": "RS384"},
    ]
    (folder / "keys.json").write_text(json.dumps({"keys": public}))
    lines = []
    for name, scopes in ((CLIENT, SCOPES), (OTHER, ["system/Patient.r"])):
        lines += ["[[client]]", f'client_id = "{name}"', f'network = "{NETWORK}"']
        lines += [f"scopes = {json.dumps(scopes)}", 'jwks_file = "keys.json"']
    (folder / "partners.toml").write_text("\n".join(lines))
    name: str = request.param
    database = await databases.make(name)
    settings = settings_of(name, database, folder)
    settings |= {"partners_file": folder / "partners.toml", "public_url": PUBLIC}
    async with running(
        service_of(name), database, FrozenClock(NOON), folder, **settings
    ) as started:
        yield started


def assertion(
    service: Harness, alg: str = "ES384", header: dict[str, Any] | None = None, **changes: Any
) -> str:
    now = service.clock.now()
    claims = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": ADDRESS,
        "exp": int((now + timedelta(minutes=4)).timestamp()),
        "jti": str(uuid4()),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, KEYS[alg], algorithm=alg, headers={"kid": alg, **(header or {})})


async def ask(service: Harness, signed: str, **changes: Any) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
        "scope": " ".join(SCOPES),
        **changes,
    }
    async with service.raw() as client:
        return await client.post(
            TOKEN_PATH, data={name: value for name, value in form.items() if value is not None}
        )


async def token(service: Harness, **changes: Any) -> str:
    answer = await ask(service, assertion(service), **changes)
    assert answer.status_code == 200, answer.text
    told: str = answer.json()["access_token"]
    return told


async def test_program_reads_how_to_ask(partner: Harness) -> None:
    async with partner.raw() as client:
        told = (await client.get(CONFIGURATION_PATH)).json()
    assert told["token_endpoint"] == ADDRESS
    assert told["grant_types_supported"] == ["client_credentials"]
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(told["token_endpoint_auth_signing_alg_values_supported"]) == {"RS384", "ES384"}
    assert set(SCOPES) <= set(told["scopes_supported"])


@pytest.mark.parametrize("alg", ["RS384", "ES384"])
async def test_good_assertion_gets_a_token_for_minutes(partner: Harness, alg: str) -> None:
    answer = await ask(partner, assertion(partner, alg))
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "bearer", 300)
    assert told["scope"].split() == sorted(SCOPES)
    assert answer.headers["cache-control"] == "no-store"
    rows = await partner.rows("partner_token", NETWORK)
    assert rows
    assert all(told["access_token"] not in str(dict(row)) for row in rows)


async def test_assertion_is_good_once(partner: Harness) -> None:
    signed = assertion(partner)
    assert (await ask(partner, signed)).status_code == 200
    again = await ask(partner, signed)
    assert (again.status_code, again.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example/token"},
        {"iss": "nobody", "sub": "nobody"},
        {"sub": OTHER},
        {"exp": 1},
        {"exp": int((NOON + timedelta(hours=1)).timestamp())},
        {"exp": None},
        {"jti": None},
        {"jti": 7},
        {"nbf": int((NOON + timedelta(minutes=3)).timestamp())},
    ],
)
async def test_bad_assertion_gets_nothing(partner: Harness, changes: dict[str, Any]) -> None:
    answer = await ask(partner, assertion(partner, **changes))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


async def test_foreign_key_or_unsigned_assertion_gets_nothing(partner: Harness) -> None:
    claims = jwt.decode(assertion(partner), options={"verify_signature": False})
    foreign = ec.generate_private_key(ec.SECP384R1())
    signed = [
        jwt.encode(claims, foreign, algorithm="ES384", headers={"kid": "ES384"}),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, "x" * 48, algorithm="HS384", headers={"kid": "ES384"}),
        assertion(partner, header={"kid": "RS384"}),
        assertion(partner, header={"crit": ["x"], "x": 1}),
        "x" * 9_000,
        "",
    ]
    for one in signed:
        assert (await ask(partner, one)).status_code in (400, 401)


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"client_assertion_type": "urn:other"}, 400, "invalid_request"),
        ({"client_assertion": None}, 400, "invalid_request"),
        ({"scope": "system/*.cruds"}, 400, "invalid_scope"),
        ({"scope": "system/Observation.rs user/Observation.rs"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "x" * 20_000}, 413, "invalid_request"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request"),
    ],
)
async def test_request_that_is_none_is_told_why(
    partner: Harness, changes: dict[str, Any], status: int, error: str
) -> None:
    answer = await ask(partner, assertion(partner), **changes)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_token_reaches_what_its_scopes_name_and_nothing_else(partner: Harness) -> None:
    """Every route of the service, as for every role."""
    headers = {"Authorization": f"Bearer {await token(partner)}", "If-Match": '"v1"'}
    refused = 0
    async with partner.raw(headers=headers) as client:
        for method, path, route in routes_of(partner.app):
            if route.rules.capability_in_path:
                continue
            content = b"{}" if route.rules.unsafe else b""
            kind = {"Content-Type": "application/json"}
            answer = await client.request(method, path, content=content, headers=kind)
            needed = route.rules.policy.scope
            admitted = needed is not None and covers(SCOPES, needed)
            where = f"{method} {route.path}: {answer.status_code}"
            assert (answer.status_code != 403) == admitted, where
            assert answer.status_code not in (401, 500), where
            refused += not admitted
    assert refused > 10


async def test_token_ends_and_is_good_in_its_service_and_network_only(partner: Harness) -> None:
    told = await token(partner)
    forged = told.replace(NETWORK.hex, uuid4().hex)
    try:
        for one, at in (
            (forged, 0),
            (told[:-1] + ("B" if told[-1] == "A" else "A"), 0),
            ("kpar_x", 0),
            (told, 301),
        ):
            partner.clock.at = NOON + timedelta(seconds=at)
            async with partner.raw(headers={"Authorization": f"Bearer {one}"}) as client:
                answer = await client.get(f"/v1/patients/{uuid4()}/exposure")
                answer = answer if answer.status_code != 404 else await client.get("/v1/access-log")
            assert answer.status_code == 401, one
    finally:
        partner.clock.at = NOON


async def test_every_token_and_refusal_is_in_the_trail(partner: Harness) -> None:
    before = len(await partner.rows("audit_entry", NETWORK))
    await token(partner)
    await ask(partner, assertion(partner), scope="system/*.cruds")
    entries = (await partner.rows("audit_entry", NETWORK))[before:]
    assert [(one["action"], one["outcome"], one["reason"]) for one in entries] == [
        ("partner_token.issue", "allowed", None),
        ("partner_token.issue", "refused", "invalid_scope"),
    ]
    assert all(one["actor"] is not None and one["actor_roles"] == ["partner"] for one in entries)


@pytest.mark.parametrize(
    ("held", "needed", "covered"),
    [
        (["system/Observation.rs"], "system/Observation.r", True),
        (["system/*.rs"], "system/Observation.rs", True),
        (["system/Observation.r"], "system/Observation.rs", False),
        (["user/Observation.rs"], "system/Observation.r", False),
        (["system/Patient.rs"], "system/Observation.r", False),
        (["system/Observation"], "system/Observation.r", False),
        ([], "system/Observation.r", False),
    ],
)
def test_scope_covers_what_it_says(held: list[str], needed: str, covered: bool) -> None:
    assert covers(held, needed) is covered
