"""What a package may rely on: the distributions its pyproject declares, theirs, and no others."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .house import PACKAGES, python_files, source

OURS = {package.replace("_", "-"): package for package in PACKAGES if package.startswith("kairos_")}


def declared(package: str) -> list[Requirement]:
    """What a package's own pyproject says it needs."""
    project = tomllib.loads((PACKAGES[package] / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"]]


def closure(package: str) -> dict[str, Distribution | None]:
    """Every distribution a package can count on, by name; one of ours has no Distribution."""
    found: dict[str, Distribution | None] = {}
    asked: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in declared(package)]
    while waiting:
        requirement, of_extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        for extra in ("", *requirement.extras):
            if (name, extra) in asked:
                continue
            asked.add((name, extra))
            waiting += [(needed, extra) for needed in _needs(name)]
        found[name] = None if name in OURS else distribution(name)
    return found


def _needs(name: str) -> list[Requirement]:
    if name in OURS:
        return declared(OURS[name])
    return [Requirement(text) for text in distribution(name).requires or ()]


def lay_out(package: str, folder: Path, *, without: str | None = None) -> None:
    """Fill a folder with links to a package, its closure, and nothing else.

    Raises KeyError for a `without` that is not in the closure: taking nothing away proves nothing.
    """
    available = closure(package)
    if without is not None:
        del available[without]
    for name, found in available.items():
        if found is None:
            _link_ours(OURS[name], folder)
        else:
            _link_installed(found, folder)
    _link_ours(package, folder)


def _link_ours(package: str, folder: Path) -> None:
    for path in source(package).rglob("*"):
        place = path.relative_to(source(package))
        if path.is_file() and not _is_test_kit(place) and "__pycache__" not in place.parts:
            _link(path, folder / package / place)


def _is_test_kit(place: Path) -> bool:
    """Test kits need more than their packages declare; a contract keeps them out of services."""
    return place.parts[0] in {"testing", "testing.py"}


def _link_installed(found: Distribution, folder: Path) -> None:
    for file in found.files or ():
        if ".." not in file.parts and not file.name.endswith(".pth"):
            _link(Path(str(file.locate())), folder / file)


def _link(path: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(path)


def modules(package: str) -> list[str]:
    """Every module of a package, as `import` names it; not what `python -m` would start."""
    places = [path.relative_to(source(package)) for path in python_files(source(package))]
    wanted = [place for place in places if not _is_test_kit(place) and place.stem != "__main__"]
    dotted = [".".join((package, *place.with_suffix("").parts)) for place in wanted]
    return sorted(name.removesuffix(".__init__") for name in dotted)


def undeclared_imports(package: str, folder: Path) -> Iterator[str]:
    """Imports of what a package does not itself declare, whoever else may bring it along."""
    named = {canonicalize_name(requirement.name) for requirement in declared(package)}
    providers = packages_distributions()
    for path in python_files(folder):
        if _is_test_kit(path.relative_to(folder)):
            continue
        for line, top in _top_imports(ast.parse(path.read_text())):
            if top in sys.stdlib_module_names or top == package:
                continue
            providing = {canonicalize_name(name) for name in providers.get(top, ())}
            if not named & (providing | {re.sub("_", "-", top)}):
                yield f"{path.relative_to(folder)}:{line}: {top}"


def _top_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]
