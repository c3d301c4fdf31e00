"""What `make security` promises, as pieces that can be run alone: see `tools.security`."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SERVICES: Final = ("intake", "scheduling", "dosing", "integration")
PACKAGES: Final = (
    *("libs/events", "libs/chassis", "libs/local", "libs/partner-kit"),
    *(f"services/{name}" for name in SERVICES),
    "cli",
)
_TOOLS: Final = ROOT / ".venv-security/bin"
_LINTERS: Final = ROOT / "tools/documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One check: what it proves, the commands that prove it, and how long they may take."""

    name: str
    proves: str
    commands: tuple[tuple[str, ...], ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 20


def pieces() -> tuple[Piece, ...]:
    """All of them, the quick ones first."""
    return (*_of_code(), *_of_documents(), *_of_suites(), *_of_a_platform())


def _of_code() -> tuple[Piece, ...]:
    sources = tuple(f"{one}/src" for one in PACKAGES)
    bandit = (_tool("bandit"), "-q", "-c", "tools/bandit.toml", "-r", *sources)
    bill = (_tool("cyclonedx-py"), "requirements", "requirements.lock", "--output-reproducible")
    return (
        _ours("supply-chain", "hashed locks, floors, licences, no secret", "tools.supply_chain"),
        _ours("code-rules", "rules of our own over every module", "tools.code_rules"),
        _ours("access-table", "the tables of access are the code", "tools.access_table", "--check"),
        _ours("traceability", "threats and hazards: their tests run", "tools.traceability"),
        Piece(name="bandit", proves="no unexplained finding of bandit", commands=(bandit,)),
        _ours(
            "semgrep", "our semgrep rules, each shown to bite", "tools.semgrep", _tool("semgrep")
        ),
        Piece(
            name="sbom",
            proves="a CycloneDX bill of materials",
            commands=((*bill, "--of", "JSON", "-o", "build/sbom.cdx.json"),),
        ),
    )


def _of_documents() -> tuple[Piece, ...]:
    papers = [f"../../services/{name}/openapi.json" for name in SERVICES]
    spectral = ("npx", "--no-install", "spectral", "lint", "-r", "spectral.yaml")
    redocly = ("npx", "--no-install", "redocly", "lint", "--config", "redocly.yaml")
    return (
        Piece(
            name="spectral",
            proves="OpenAPI documents under OWASP's rules",
            commands=tuple((*spectral, "--fail-severity", "warn", one) for one in papers),
            folder=_LINTERS,
        ),
        Piece(
            name="redocly",
            proves="OpenAPI documents under Redocly's rules",
            commands=tuple((*redocly, one) for one in papers),
            folder=_LINTERS,
        ),
    )


def _of_suites() -> tuple[Piece, ...]:
    roles, tokens = "tests/edge/test_roles.py", "tests/edge/test_tokens.py"
    core, journey = "libs/chassis/tests/core", "tests/journey"
    return (
        _tests("tamper", "an altered audit trail is named", f"{core}/test_audit_trail.py"),
        _tests("tokens", "no bad token opens anything", tokens, f"{core}/test_issuers.py"),
        _tests("roles", "every role on every route", roles),
        _tests(
            "edge",
            "abuse, partners, teams, break-glass, erasure, slow connections",
            *("tests/security", "tests/edge", "--ignore", roles, "--ignore", tokens),
        ),
        _tests(
            "tenants",
            "nothing of one network or site shows in another",
            *(f"{journey}/test_crawler.py", f"{journey}/test_tenants.py"),
        ),
        _tests(
            "canary",
            "no word of a whole journey where it may not be",
            *(f"{journey}/test_canary.py", f"{journey}/test_canary_personal.py"),
            f"{journey}/test_private_fields.py",
        ),
    )


def _of_a_platform() -> tuple[Piece, ...]:
    fuzz = ("tools.fuzz", _tool("schemathesis"))
    return (
        _ours("held", "health beside 300 slow connections", "benchmarks", "--only", "held"),
        _ours(
            "client",
            "a generated client plays the journey",
            *("tools.client", _tool("openapi-python-client")),
        ),
        *(
            _ours(f"fuzz-{name}", "500 cases and more without a surprise", *fuzz, name, minutes=90)
            for name in SERVICES
        ),
    )


def _ours(name: str, proves: str, module: str, *arguments: str, minutes: int = 20) -> Piece:
    command = (sys.executable, "-m", module, *arguments)
    return Piece(name=name, proves=proves, commands=(command,), minutes=minutes)


def _tests(name: str, proves: str, *arguments: str) -> Piece:
    command = (sys.executable, "-m", "pytest", "-q", *arguments)
    slow = {"KAIROS_SLOW_SECONDS": "30"}
    return Piece(name=name, proves=proves, commands=(command,), environment=slow)


def _tool(name: str) -> str:
    return str(_TOOLS / name)
