"""docs/access.md says what the code does: every route, event, timer and verb, and no other."""

import dataclasses
from typing import Any
from uuid import UUID

import pytest
from kairos_chassis.http.call import Call
from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer
from kairos_chassis.policy import admit_patient, admit_site, policy

from tools import access_table

READ = policy("thing.read", "nurse")


class Thing(Answer):
    """Something."""

    id: UUID


def test_committed_table_is_what_the_code_says() -> None:
    access_table.main(["--check"])


@pytest.mark.parametrize("name", access_table.SERVICES)
def test_everything_that_acts_is_in_the_table(name: str) -> None:
    text = access_table.PATH.read_text()
    service = access_table.service_object(name)
    for group in service.routes:
        for one in group.declared:
            assert f"| `{one.rules.policy.action}` | {one.method} `{one.path}` |" in text
    for type_ in service.handlers.readers:
        assert f"| event `{type_}` |" in text
    for kind in service.timers.kinds if service.timers else ():
        assert f"| timer `{kind}` |" in text
    for verb in service.verbs:
        assert f"| `{verb.name}` |" in text


def test_stale_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_table, "SERVICES", ("intake",))
    with pytest.raises(SystemExit, match="access"):
        access_table.main(["--check"])


def _helper(call: Call, site_id: UUID) -> None:
    admit_site(call.caller, site_id)


async def scoped_by_helper(call: Call, site_id: UUID) -> Thing:
    _helper(call, site_id)
    return Thing(id=site_id)


async def own(call: Call, patient_id: UUID) -> Thing:
    admit_patient(call.caller, patient_id)
    return Thing(id=patient_id)


async def for_all(call: Call) -> Thing:
    return Thing(id=call.network_id)


@pytest.mark.parametrize(
    ("function", "scope"), [(scoped_by_helper, "site"), (own, "own"), (for_all, "network")]
)
def test_scope_is_found_where_it_is_checked(function: Any, scope: str) -> None:
    routes = Routes("things")
    routes.get("/v1/things", policy=READ)(function)
    assert access_table._scope(routes.declared[0]) == scope


def test_glass_opens_reads_for_treatment_and_nothing_sealed() -> None:
    routes = Routes("things")
    routes.get("/v1/things", policy=READ)(for_all)
    routes.get("/v1/notes", policy=dataclasses.replace(READ, sealed=True))(own)
    routes.post("/v1/things", policy=READ)(scoped_by_helper)
    assert [access_table._glass(one) for one in routes.declared] == ["opens", "sealed", ""]
