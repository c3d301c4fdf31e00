from collections.abc import Callable
from pathlib import Path

import pytest
from kairos_events.contract_files import ContractFiles
from kairos_events.model import PublicEvent
from kairos_events.schema import blessed_schema, file_text, hash_of


@pytest.fixture
def files(tmp_path: Path) -> ContractFiles:
    """An empty set of contract files."""
    made = ContractFiles(tmp_path)
    made.schemas.mkdir()
    made.examples.mkdir()
    return made


Plant = Callable[[type[PublicEvent], str], Path]


@pytest.fixture
def plant(files: ContractFiles) -> Plant:
    """Bless an event with one golden sample; return the file of its schema."""

    def planted(event: type[PublicEvent], sample: str) -> Path:
        schema = blessed_schema(event.type, event)
        path = files.schemas / event.type / f"{hash_of(schema)}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(file_text(schema), "utf-8")
        (files.examples / f"{event.type}.json").write_text(sample, "utf-8")
        return path

    return planted
