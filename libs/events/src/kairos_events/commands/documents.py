"""What is written from the code: each file with what it has to say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kairos_events.asyncapi import asyncapi_text
from kairos_events.catalogue import catalogue, overview, with_overview
from kairos_events.contract_files import ContractFiles
from kairos_events.declared import readers_of
from kairos_events.manifest import Reading, manifest_text, reading_of
from kairos_events.registry import SERVICES, events
from kairos_events.topics import topics

CATALOGUE = Path("docs/events.md")
ASYNCAPI = "asyncapi.json"
README = Path("README.md")


@dataclass(frozen=True, slots=True)
class Document:
    """A file and its right text."""

    path: Path
    text: str

    def is_current(self) -> bool:
        """Whether the file says just this."""
        return self.path.exists() and self.path.read_text("utf-8") == self.text

    def write(self) -> None:
        """Make it so."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.text, "utf-8")


def manifests(files: ContractFiles) -> Mapping[str, Document]:
    """The readers' manifest of every service that is installed here, by service."""
    return {
        service: Document(files.readers / f"{service}.json", manifest_text(declared_by(service)))
        for service in SERVICES
        if find_spec(service) is not None
    }


def declared_by(service: str) -> list[Reading]:
    """What the readers of an installed service read."""
    return [reading_of(service, reader) for reader in readers_of(service)]


def documents(files: ContractFiles, path: Path) -> Iterator[Document]:
    """The catalogue at `path`, the AsyncAPI document beside it, the table in the README."""
    yield Document(path, catalogue(events(), topics(), files.readings()))
    yield Document(path.with_name(ASYNCAPI), asyncapi_text(events(), topics(), files))
    if README.exists():
        text = README.read_text("utf-8")
        if overview(events()) not in text:
            text = with_overview(text, events())
        yield Document(README, text)
