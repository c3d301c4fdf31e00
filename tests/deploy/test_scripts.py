"""The small programs around the images do what the compose file relies on."""

import json
import re
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from kairos_chassis.auth import Verifier
from kairos_chassis.clock import SystemClock
from kairos_chassis.errors import Refusal
from kairos_chassis.keys import FileKeys

from .scripts import load

NETWORK = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The directories that the image makes for the issuer."""
    for name in ("issuer", "keys", "caller"):
        (tmp_path / name).mkdir()
    return tmp_path


def verifier(home: Path) -> Verifier:
    """What a service trusts once the issuer has run."""
    keys = FileKeys(home / "keys" / "jwks.json")
    return Verifier(keys, load("compose/identity/issuer.py").ISSUER, "kairos", SystemClock())


async def test_services_accept_the_tokens_of_the_trial_issuer(home: Path) -> None:
    issuer = load("compose/identity/issuer.py")
    issuer.init(home)
    claims = {"roles": ["nurse"], "network": str(NETWORK), "sites": ["*"]}
    token = issuer.mint(issuer.signing_key(home), claims, 60)
    caller = await verifier(home).verify(f"Bearer {token}")
    assert caller.roles == {"nurse"}
    assert caller.network_id == NETWORK
    assert caller.sites is None
    service = await verifier(home).verify(f"Bearer {(home / 'caller' / 'token').read_text()}")
    assert service.is_service


async def test_services_refuse_a_token_of_another_issuers_key(home: Path, tmp_path: Path) -> None:
    issuer = load("compose/identity/issuer.py")
    issuer.init(home)
    (tmp_path / "other" / "issuer").mkdir(parents=True)
    stranger = issuer.signing_key(tmp_path / "other")
    with pytest.raises(Refusal):
        await verifier(home).verify(f"Bearer {issuer.mint(stranger, {'roles': ['service']}, 60)}")


def test_issuer_keeps_its_key_and_keeps_it_secret(home: Path) -> None:
    issuer = load("compose/identity/issuer.py")
    issuer.init(home)
    first = (home / "keys" / "jwks.json").read_text()
    issuer.init(home)
    assert (home / "keys" / "jwks.json").read_text() == first
    assert "d" not in json.loads(first)["keys"][0]
    for secret in ("issuer/key.pem", "caller/token"):
        assert stat.S_IMODE((home / secret).stat().st_mode) == 0o600


def test_prepare_writes_fresh_secrets_once_for_the_owner_alone(tmp_path: Path) -> None:
    prepare = load("compose/prepare.py")
    first, second = tmp_path / "first", tmp_path / "second"
    assert prepare.main([str(first)]) == 0
    assert prepare.main([str(second)]) == 0
    secrets = re.findall(r"PASSWORD=(\w{32,})$", first.read_text(), flags=re.MULTILINE)
    assert (
        len(set(secrets)) == 10
    )  # the administrator, two roles for each of four services, and the notes'
    assert not set(secrets) & set(re.findall(r"\w{32,}", second.read_text()))
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    kept = first.read_text()
    assert prepare.main([str(first)]) == 1
    assert first.read_text() == kept


@pytest.mark.parametrize("status", [200, 503])
def test_healthcheck_tells_the_status_of_the_probe(status: int) -> None:
    class Probe(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Probe) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert load("docker/healthcheck.py").answer("/healthz/live", server.server_port) == status


def test_healthcheck_takes_silence_for_no() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        free = server.server_port
    assert load("docker/healthcheck.py").answer("/healthz/live", free) == 0
