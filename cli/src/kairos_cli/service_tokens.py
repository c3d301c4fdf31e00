"""The tokens services carry to each other, kept valid in platform time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from kairos_cli.files import write_whole
from kairos_cli.issuer import Issuer
from kairos_cli.state import State

CALLERS = ("dosing",)  # the services that call another
_TTL = timedelta(days=30)
_NAMESPACE = uuid.UUID("6f1d4c0e-6f0a-5d0e-9c68-0d1f0b6f6a11")  # of service identities; any will do


def token_file(state: State, service: str) -> Path:
    """Where a calling service reads its token from (KAIROS_SERVICE_TOKEN_FILE)."""
    return state.keys / f"{service}.token"


def cover(state: State, *instants: datetime) -> None:
    """Write tokens that are valid at all of these platform times, and a while after the last."""
    issuer = Issuer.load_or_create(state.keys)
    for service in CALLERS:
        token = issuer.mint(
            ("service",),
            service=service,
            network=None,
            subject=uuid.uuid5(_NAMESPACE, service),
            now=max(instants),
            not_before=min(instants),
            ttl=_TTL,
        )
        write_whole(token_file(state, service), token)


def refresh(state: State, now: datetime) -> None:
    """Write new tokens if one is missing, not valid yet or past half its life."""
    if not all(_fresh(state, service, now) for service in CALLERS):
        cover(state, now)


def _fresh(state: State, service: str, now: datetime) -> bool:
    text = token_file(state, service)
    try:
        claims = jwt.decode(text.read_text(), options={"verify_signature": False})
    except (FileNotFoundError, jwt.PyJWTError):
        return False
    half = (now + _TTL / 2).timestamp()
    if claims.get("service") != service:
        return False  # of before services had identities of their own
    return bool(claims["nbf"] <= now.timestamp() and half < claims["exp"])
