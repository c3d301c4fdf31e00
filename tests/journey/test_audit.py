"""Every request of the journey is in the audit trail: who, for which patient, with what outcome."""

from __future__ import annotations

import json
import time
from collections import Counter
from uuid import UUID

import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.demo.people import Exchange
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from .books import Audited, audited, rows

pytestmark = pytest.mark.timeout(420)

# Requests about the clinic rather than about a patient.
_OF_THE_CLINIC = ("/v1/sites", "/v1/practitioners", "/v1/containers")
_LISTS = ("/v1/episodes", "/v1/sessions", "/v1/visits")


def outcome(exchange: Exchange) -> str:
    if exchange.answer.status < 400:
        return "allowed"
    return "refused" if exchange.answer.status < 500 else "failed"


def asked(played: Played, service: str) -> Audited:
    """What the people of the journey asked of a service."""
    return Counter(
        (one.actor, one.path, outcome(one))
        for one in played.world.exchanges
        if one.service == service
    )


@pytest.mark.parametrize("service", SERVICES)
async def test_every_request_is_audited_with_actor_and_outcome(
    platform: Platform, played: Played, service: str
) -> None:
    people = {person.id for person in played.world.people.values()}
    kept = await audited(platform, service, played.network)
    assert asked(played, service)
    assert asked(played, service) == Counter(
        {entry: count for entry, count in kept.items() if entry[0] in people}
    )


async def test_refusals_are_audited_with_their_reason(platform: Platform, played: Played) -> None:
    refused = [one for one in played.world.exchanges if outcome(one) == "refused"]
    assert len(refused) >= 8
    for service in {one.service for one in refused}:
        query = "SELECT resource, reason FROM audit_entry WHERE outcome = 'refused'"
        found = await rows(platform, service, played.network, query)
        reasons = {(row["resource"], row["reason"]) for row in found}
        said = {(one.path, one.answer.slug) for one in refused if one.service == service}
        assert said <= reasons


async def test_the_patient_is_named_wherever_the_request_is_about_one(
    platform: Platform, played: Played
) -> None:
    patient = UUID(played.world.ids["patient"])
    people = {exchange.actor for exchange in played.world.exchanges}
    for service in SERVICES:
        query = "SELECT actor, acting_for, resource, outcome, patient_id FROM audit_entry"
        for row in await rows(platform, service, played.network, query):
            if row["actor"] not in people and row["acting_for"] not in people:
                continue  # another test has asked, not the journey
            about_the_clinic = row["resource"].startswith(_OF_THE_CLINIC)
            # An event of the clinic is heard for somebody too, and is about nobody.
            heard = row["resource"].startswith("event/")
            without = about_the_clinic or heard or row["resource"] in _LISTS
            assert row["patient_id"] == patient or (without and row["patient_id"] is None), row


async def test_dosing_asks_intake_in_the_name_of_the_nurse(
    platform: Platform, played: Played
) -> None:
    asked = "acting_for IS NOT NULL AND action NOT LIKE 'event.%'"
    query = f"SELECT * FROM audit_entry WHERE {asked} ORDER BY id"
    found = await rows(platform, "intake", played.network, query)
    assert [row["acting_for"] for row in found] == [played.world.ortiz.id] * 3
    assert [row["outcome"] for row in found] == ["allowed", "allowed", "refused"]
    assert {tuple(row["actor_roles"]) for row in found} == {("service",)}


async def test_what_a_service_hears_is_done_for_whoever_caused_it(
    platform: Platform, played: Played
) -> None:
    """The nurse charted a dose in dosing; integration and intake act for her on hearing of it."""
    people = {person.id for person in played.world.people.values()}
    for service in ("intake", "scheduling", "dosing", "integration"):
        query = "SELECT * FROM audit_entry WHERE action LIKE 'event.%'"
        found = await rows(platform, service, played.network, query)
        assert found
        assert {row["acting_for"] for row in found} & people, service
        assert len({row["actor"] for row in found}) == 1
        assert {tuple(row["actor_roles"]) for row in found} == {("service",)}
    dose = "SELECT * FROM audit_entry WHERE action = 'event.dosing.dose_administered.v1'"
    heard = await rows(platform, "intake", played.network, dose)
    assert {row["acting_for"] for row in heard} <= people
    assert heard


async def test_a_request_that_is_not_made_is_not_audited(
    platform: Platform, played: Played
) -> None:
    kept = await audited(platform, "dosing", played.network)
    never = (played.world.desk.id, f"/v1/sessions/{played.world.ids['session']}", "allowed")
    assert kept[never] == 0


@pytest.mark.parametrize("service", SERVICES)
def test_trail_is_whole_and_its_head_is_anchored_outside(
    platform: Platform, played: Played, service: str
) -> None:
    limit = time.monotonic() + 30
    while True:
        done = platform.operate(service, "audit", "verify", "--json")
        verdict = json.loads(done.stdout)
        if verdict["unsealed"] == 0 or time.monotonic() > limit:
            break
    assert (done.returncode, verdict["whole"], verdict["fault"]) == (0, True, None)
    assert verdict["entries"] >= sum(asked(played, service).values())
    assert verdict["anchored"] == verdict["checkpoints"] > 0
