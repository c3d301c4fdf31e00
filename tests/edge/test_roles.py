"""The matrix: every role on every route of every service, as the policies say and not otherwise."""

from typing import get_args
from uuid import UUID, uuid4

import pytest
from kairos_chassis.policy import Role
from kairos_chassis.testing.harness import Client, Harness

from .services import routes_of

ROLES = get_args(Role)
HEADERS = {
    "Content-Type": "application/json",
    "If-Match": '"v1"',
    "Kairos-Acting-For": "018f0000-0000-7000-8000-000000000001",  # of services alone
}
OURS = ("intake", "scheduling", "dosing", "integration", "device-gateway")


def of_role(service: Harness, role: str, network: UUID, which: str = "dosing") -> Client:
    return service.client(role, network=network, headers=HEADERS, service=which)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "service"])
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


@pytest.mark.parametrize("ours", OURS)
async def test_service_reaches_what_names_it_and_nothing_else(service: Harness, ours: str) -> None:
    """No service is trusted for being one of ours: each has what its work needs."""
    network = uuid4()
    async with of_role(service, "service", network, ours) as client:
        for method, path, route in routes_of(service.app):
            if route.rules.capability_in_path:
                continue
            content = b"{}" if route.rules.unsafe else b""
            answer = await client.request(method, path, content=content)
            named = ours in route.rules.policy.services
            where = f"{ours}: {method} {route.path}: {answer.status_code}"
            assert (answer.status_code != 403) == named, where
            assert answer.status_code not in (401, 500), where


async def test_service_without_a_name_or_a_user_reaches_nothing(service: Harness) -> None:
    network = uuid4()
    headers = {"Content-Type": "application/json", "If-Match": '"v1"'}
    for method, path, route in routes_of(service.app):
        if not route.rules.policy.services:
            continue
        content = b"{}" if route.rules.unsafe else b""
        (named, *_) = route.rules.policy.services
        async with of_role(service, "service", network, "") as nobody:
            assert (await nobody.request(method, path, content=content)).status_code == 403
        async with service.client(
            "service", network=network, headers=headers, service=named
        ) as alone:
            answer = await alone.request(method, path, content=content)
            refused = answer.json()["type"].endswith(":acting_for_required")
            assert refused != route.rules.policy.alone, route.path


async def test_every_role_is_somebody(service: Harness) -> None:
    """A policy that names a role nobody has lets nobody in."""
    for _, _, route in routes_of(service.app):
        assert set(route.rules.policy.roles) <= set(ROLES)
