"""`python tools/mutants.py FILE ...`: every mutant of these files, a JSON object a line.

Runs in the environment of `make security`, which holds cosmic-ray and nothing of Kairos. What it
prints is judged by `tools.mutation`, in the environment of the tests.
"""

import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code


def main() -> None:
    """Print them."""
    for name in sys.argv[1:]:
        path = Path(name)
        for mutant in _of(path, path.read_text()):
            sys.stdout.write(json.dumps(mutant) + "\n")


def _of(path: Path, source: str) -> Iterator[dict[str, Any]]:
    tree = get_ast(source)
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments():
            continue  # operators that have to be told what to replace
        operator = kind()
        places = [spot for node in ast_nodes(tree) for spot in operator.mutation_positions(node)]
        for occurrence, (start, _end) in enumerate(places):
            mutated = mutate_code(source.encode(), operator, occurrence)
            if mutated is not None:
                yield {
                    "module": path.stem,
                    "operator": name.rpartition("/")[2],
                    "line": start[0],
                    "source": mutated,
                    **_changed(source, mutated),
                }


def _changed(source: str, mutated: str) -> dict[str, str]:
    """The lines that differ, without their indentation."""
    lines = list(difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0))[2:]
    return {
        "was": " ".join(one[1:].strip() for one in lines if one.startswith("-")),
        "becomes": " ".join(one[1:].strip() for one in lines if one.startswith("+")),
    }


if __name__ == "__main__":
    main()
