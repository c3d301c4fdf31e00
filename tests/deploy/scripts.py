"""The scripts under deploy/ as modules."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Final

DEPLOY: Final = Path(__file__).parents[2] / "deploy"


def load(path: str) -> ModuleType:
    """One of the scripts as a module, without running it."""
    spec = importlib.util.spec_from_file_location("script", DEPLOY / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
