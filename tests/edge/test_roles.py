"""The matrix: every role on every route of every service, as the policies say and not otherwise."""

from typing import get_args
from uuid import UUID, uuid4

import pytest
from kairos_chassis.policy import Role
from kairos_chassis.testing.harness import Client, Harness

from .services import routes_of

ROLES = get_args(Role)
HEADERS = {"Content-Type": "application/json", "If-Match": '"v1"'}


def of_role(service: Harness, role: str, network: UUID) -> Client:
    return service.client(role, network=network, headers=HEADERS)


@pytest.mark.parametrize("role", ROLES)
async def test_role_reaches_what_its_policies_name_and_nothing_else(
    service: Harness, role: str
) -> None:
    network, refused, admitted = uuid4(), 0, 0
    async with of_role(service, role, network) as client:
        for method, path, route in routes_of(service.app):
            if route.rules.capability_in_path:
                continue  # the path is the right; no role comes into it
            answer = await client.request(
                method, path, content=b"{}" if route.rules.unsafe else b""
            )
            where = f"{role}: {method} {route.path}: {answer.status_code}"
            slug = answer.json().get("type", "") if answer.status_code >= 400 else ""
            if role in route.rules.policy.roles:
                admitted += 1
                assert answer.status_code not in (401, 500), where
                assert not slug.endswith(":not_permitted"), where
            else:
                refused += 1
                assert answer.status_code == 403, where
                assert slug.endswith(":not_permitted"), where
    assert admitted + refused > 10
    entries = await service.rows("audit_entry", network)
    not_permitted = [one for one in entries if one["reason"] == "not_permitted"]
    assert len(not_permitted) == refused
    assert all(one["actor_roles"] == [role] for one in entries)


async def test_every_role_is_somebody(service: Harness) -> None:
    """A policy that names a role nobody has lets nobody in."""
    for _, _, route in routes_of(service.app):
        assert set(route.rules.policy.roles) <= set(ROLES)
