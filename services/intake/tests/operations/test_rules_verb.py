"""`python -m intake rules`: a file proves itself, a dry run keeps nothing, loosening is signed."""

import argparse
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from intake.data import reading
from intake.data.rules import rule_set
from intake.domain.rule_errors import RuleFileUnsound
from intake.domain.rules import Phase
from intake.operations import verbs
from intake.wiring import SERVICE
from kairos_chassis.db import Database
from kairos_chassis.operations import Answer
from kairos_chassis.testing.harness import Harness

from ..http.steps import Clinic

SHIPPED = Path(reading.__file__).parent / "rules/eligibility_v3.toml"
OVERLAY = """
version = "{version}"
source = "test"
scope = {{ kind = "network" }}
changes = [{{ rule = "{rule}", why = "test", outcome = "{outcome}" }}]
"""
SCREENINGS = int(os.environ.get("KAIROS_DRY_RUN_SCREENINGS", "600"))


async def run(service: Harness, *words: str) -> Answer:
    (verb,) = (one for one in verbs if one.name == "rules")
    parser = argparse.ArgumentParser()
    verb.arguments(parser)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Database]:
        yield service.db

    return await verb.act(parser.parse_args(list(words)), connect)


def write(file: Path, version: str, rule: str, outcome: str) -> None:
    file.write_text(OVERLAY.format(version=version, rule=rule, outcome=outcome))


def spoil(file: Path, text: str) -> None:
    file.write_text(text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An overlay that tightens."""
    path = tmp_path / "overlay.toml"
    path.write_text(OVERLAY.format(version="t-1", rule="C13", outcome="X"))
    return path


async def test_shipped_rules_prove_themselves(service: Harness) -> None:
    answer = await run(service, "test", str(SHIPPED))
    assert (answer.code, answer.document["rules"], answer.document["loosens"]) == (0, 46, [])
    assert set(answer.document["examples"]) == {"pass", "hit", "unknown"}


async def test_file_that_loosens_says_which_rules(service: Harness, file: Path) -> None:
    write(file, "l-1", "C11", "R")
    answer = await run(service, "test", str(file))
    assert answer.document["loosens"] == ["C11"]


@pytest.mark.parametrize("text", ["version = ", 'version = "1"', "\x00"])
async def test_unreadable_file_is_refused_in_words(service: Harness, file: Path, text: str) -> None:
    spoil(file, text)
    with pytest.raises(RuleFileUnsound):
        await run(service, "test", str(file))


@pytest.mark.parametrize("act", ["sign", "publish"])
async def test_nobody_signs_or_publishes_by_naming_somebody(
    service: Harness, file: Path, network: UUID, act: str
) -> None:
    """Who has the database could name anybody: that takes a token which the platform checks."""
    with pytest.raises(SystemExit):
        await run(service, act, str(file), "--network", str(network))


async def test_dry_run_says_who_would_change_and_keeps_nothing(
    clinic: Clinic, file: Path, network: UUID
) -> None:
    await clinic.register()
    await clinic.screen()
    await clinic.evaluate()
    await clinic.register()
    await clinic.screen(bipolar_history=True)
    await clinic.evaluate()
    where = ("--network", str(network))

    answer = await run(clinic.service, "dry-run", str(file), *where)
    write(file, "t-2", "C30", "X")
    quiet = await run(clinic.service, "dry-run", str(file), *where)

    assert (answer.code, answer.document["screenings"]) == (1, 2)
    (changed,) = answer.document["changed"]
    assert str(changed["patient_id"]) == clinic.patient
    assert (changed["before"], changed["after"], changed["rules"]) == ("R", "X", ("C13",))
    assert (quiet.code, quiet.document["changed"]) == (0, [])
    assert await clinic.service.rows("rule_publication", network) == []
    assert (await clinic.evaluate())["forbidden_by"] == []


async def test_dry_run_goes_through_every_screening_and_shows_its_progress(
    service: Harness, file: Path, network: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    """KAIROS_DRY_RUN_SCREENINGS=10000 gives the measurement; the promise here is completeness."""
    await plant(service, network, SCREENINGS)
    started = time.perf_counter()

    answer = await run(service, "dry-run", str(file), "--network", str(network))

    seconds = time.perf_counter() - started
    told = capsys.readouterr().err.splitlines()
    assert answer.document["screenings"] == SCREENINGS
    assert len(answer.document["changed"]) == SCREENINGS // 10
    assert len(told) == -(-SCREENINGS // 500)
    sys.stdout.write(f"{SCREENINGS} screenings in {seconds:.1f} s\n")


async def plant(service: Harness, network: UUID, screenings: int) -> None:
    """Screenings that all differ in age and blood pressure; every tenth has bipolar disorder."""
    rules = rule_set()
    calm: dict[str, Any] = dict.fromkeys(rules.inputs(Phase.SCREENING), False)
    calm |= {"allergies": [], "medications": [], "medication_classes": [], "dast10_total": 0}
    calm |= {"pregnancy_status": "not_pregnant", "capacity_to_consent": True, "gad7_total": 3}
    calm |= dict.fromkeys(("integration_misses_in_a_row", "misuse_signal_count"), 0)
    calm |= {"child_pugh": "a", "heart_failure": "none", "resting_diastolic_mmhg": 80}
    calm |= {"days_since_cardiovascular_event": 1_000_000, "adequate_antidepressant_trials": 2}
    calm |= dict.fromkeys(("alt_times_uln", "ast_times_uln"), "0.5")
    calm |= {"benzodiazepine_lorazepam_mg_per_day": "0"}
    admin = await asyncpg.connect(service.database.admin_url)
    patients, made = [], []
    for number in range(screenings):
        mine = {
            **calm,
            "age_years": 19 + number % 60,
            "resting_systolic_mmhg": 100 + number % 40,
            "bipolar_history": number % 10 == 0,
        }
        found = rules.evaluate("im", mine)
        results = [{"rule": r.rule, "outcome": r.outcome} for r in found]
        who = uuid4()
        patients.append((who, network))
        texts = (orjson.dumps(mine).decode(), orjson.dumps(results).decode())
        made.append((uuid4(), network, who, *texts, uuid4()))
    try:
        await admin.executemany(
            "INSERT INTO patient (id, network_id, given_name, family_name, born_on, sex_at_birth,"
            " administrative_gender, preferred_language, zone, registered_at, version) VALUES"
            " ($1, $2, 'A', 'B', '1980-01-01', 'female', 'female', 'en', 'UTC', now(), 1)",
            patients,
        )
        await admin.executemany(
            "INSERT INTO evaluation (id, network_id, patient_id, route, rule_set_version, inputs,"
            " results, evaluated_at, evaluated_by) VALUES"
            " ($1, $2, $3, 'im', '2026.2', $4::jsonb, $5::jsonb, now(), $6)",
            made,
        )
    finally:
        await admin.close()


def test_service_offers_the_verb() -> None:
    assert {"instruments", "rules"} <= {verb.name for verb in SERVICE.verbs}
