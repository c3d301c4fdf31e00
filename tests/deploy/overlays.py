"""The compose files that are laid over docker-compose.yml."""

from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


class Merge(yaml.SafeLoader):
    """Reads Compose's !reset and !override as their values; None marks what is taken away."""


def _items(loader: Merge, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node)


Merge.add_constructor("!reset", lambda loader, node: None)
Merge.add_constructor("!override", _items)


def overlay(name: str) -> dict[str, Any]:
    """One of the files under deploy/compose."""
    text = (ROOT / "deploy/compose" / name).read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Merge)
    return loaded
