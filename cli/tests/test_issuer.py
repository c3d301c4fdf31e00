"""Development tokens: what services accept, signed by a key that stays where it was made."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import jwt
import pytest
from kairos_cli.issuer import Issuer, jwks_file

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOMEBODY = UUID("0190b6a0-0000-7000-8000-00000000000a")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.load_or_create(tmp_path)


def mint(issuer: Issuer, *roles: str, **changes: object) -> str:
    options: dict[str, object] = {
        "network": uuid4(),
        "subject": uuid4(),
        "now": NOW,
        "ttl": timedelta(hours=1),
    }
    return issuer.mint(roles, **(options | changes))  # type: ignore[arg-type]


def read(folder: Path, token: str) -> dict[str, object]:
    (entry,) = json.loads(jwks_file(folder).read_text())["keys"]
    key = jwt.PyJWK(entry)
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    decoded: dict[str, object] = jwt.decode(
        token, key, ["ES256"], audience="kairos", options={"verify_exp": False, "verify_nbf": False}
    )
    return decoded


def test_a_token_says_who_where_and_until_when(issuer: Issuer, tmp_path: Path) -> None:
    network, subject, site = uuid4(), uuid4(), str(uuid4())
    token = mint(issuer, "nurse", network=network, subject=subject, sites=[site])
    claims = read(tmp_path, token)
    assert claims.pop("jti")
    assert claims == {
        "iss": "https://issuer.kairos.localhost",
        "aud": "kairos",
        "sub": str(subject),
        "network": str(network),
        "sites": [site],
        "roles": ["nurse"],
        "iat": int(NOW.timestamp()),
        "nbf": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
    }
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"


def test_another_issuers_token_is_not_accepted(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    forged = mint(Issuer.load_or_create(tmp_path / "other"), "nurse")
    (entry,) = json.loads(jwks_file(tmp_path).read_text())["keys"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, jwt.PyJWK(entry), ["ES256"], audience="kairos")


def test_a_service_token_names_no_network(issuer: Issuer, tmp_path: Path) -> None:
    assert "network" not in read(tmp_path, mint(issuer, "service", network=None))


@pytest.mark.parametrize(
    ("roles", "network"),
    [(("nurse",), None), (("service",), SOMEBODY), ((), SOMEBODY), (("janitor",), SOMEBODY)],
)
def test_a_token_that_makes_no_sense_is_not_minted(
    issuer: Issuer, roles: tuple[str, ...], network: object
) -> None:
    with pytest.raises(ValueError, match="role"):
        mint(issuer, *roles, network=network)


def test_the_key_is_private_and_stays_the_same(issuer: Issuer, tmp_path: Path) -> None:
    assert (tmp_path / "issuer.pem").stat().st_mode & 0o777 == 0o600
    assert '"d"' not in jwks_file(tmp_path).read_text()
    before = jwks_file(tmp_path).read_text()
    Issuer.load_or_create(tmp_path)
    assert jwks_file(tmp_path).read_text() == before
