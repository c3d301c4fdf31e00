"""Real servers, started once for all tests of this package."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kairos_local.postgres import LocalPostgres, ephemeral_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    with ephemeral_postgres() as server:
        yield server
