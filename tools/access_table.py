"""`python -m tools.access_table --write | --check`: docs/access.md, made from the code alone.

Who may do what, for a clinician to read: every route with its policy, every event and timer that
acts by itself, every operator's verb. Whether a route looks at the caller's sites or keeps
patients to their own is found by following what it calls to `admit_site` and `admit_patient`.
"""

import argparse
import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, get_args

from kairos_chassis.access.routes import routes_of
from kairos_chassis.audit_trail.verbs import audit_verb
from kairos_chassis.operations import words
from kairos_chassis.operations.patient_keys import PATIENT_KEYS
from kairos_chassis.policy import Policy, Role
from kairos_chassis.process import Service

SERVICES = ("intake", "scheduling", "dosing", "integration")
PATH = Path(__file__).resolve().parents[1] / "docs/access.md"
_ROLES = get_args(Role)
_SHORT = {
    "prescriber": "prescr.",
    "medical_director": "med. dir.",
    "front_desk": "desk",
    "pharmacist": "pharm.",
    "ops_admin": "ops",
    "privacy_officer": "privacy",
}
_RELATIONS = {"care_team": "care team", "care_team_afterwards": "care team once over"}
_DEPTH = 4
_HEAD = """# Who may do what

Made from the code by `python -m tools.access_table --write`; a test fails where it is not what the
code says, and another tries every role on every route of every service.

What no row allows is refused: 403 for a role that is not named, 401 for no good token, 404 for what
belongs to another network, exactly as for what does not exist. Each row of the tables of routes
applies within one network; row-level security in the database holds even where the code forgets.
Every act and every refusal is in the audit trail before the answer leaves.

- **scope** `site`: the caller's token must include the site. `own`: a patient's token reaches that
  patient only. `network`: everybody the row names, throughout the network.
- **service**: which of ours may, each under an identity of its own and for a user whom it names
  (`alone`: for nobody). **partner**: the SMART scope with which a partner's program may.
- **relation** `care team`: the caller is in the patient's care team, where one was named (or must
  be); breaking the glass stands in for it. `care team once over`: while the work goes on, whoever
  has the role sees it. Asked of people who read; not of privacy officers, of patients, whom their
  token binds to what is theirs, nor of services and partners, whom their scopes bind. It is not
  asked of who writes: whoever covers a shift has to chart. What needs none says below why not.
- **purpose** is the HL7 ActReason code under which the act is audited.
- **glass** `opens`: a clinician whom the row does not name may read it by breaking the glass, for
  one patient and a while, and somebody else judges it. `sealed`: no glass opens it.
- The rules of medicine (who may sign what, second persons, credentials) come on top: see each
  service's README.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table, or exit 1 where the committed one differs."""
    parser = argparse.ArgumentParser(prog="python -m tools.access_table")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true")
    what.add_argument("--check", action="store_true")
    text = "\n".join(table())
    if parser.parse_args(arguments).write:
        PATH.write_text(text, encoding="utf-8")
    elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
        sys.exit("docs/access.md is not what the code says: python -m tools.access_table --write")


def service_object(name: str) -> Service[Any]:
    """A service as its process runs it."""
    found: Service[Any] = importlib.import_module(f"{name}.wiring").SERVICE
    return found


def table() -> Iterator[str]:
    """The document, line by line."""
    yield _HEAD
    for name in SERVICES:
        service = service_object(name)
        yield f"## {name}\n\n{service.summary}.\n"
        declared = [one for group in service.routes for one in group.declared]
        yield from _routes(declared)
        yield from _whoever(declared)
        yield from _by_itself(service)
        yield from _verbs(service)
    yield "## In every service\n\nMounted by the chassis; each service answers for its own trail.\n"
    yield from _routes(routes_of("each").declared)
    common = (*words.VERBS, "serve", "work", "migrate", audit_verb("each").name, PATIENT_KEYS.name)
    yield (
        "Verbs of every service's process: "
        + ", ".join(f"`{verb}`" for verb in common)
        + (
            ". They need the database's password, which operators hold; setting events aside takes"
            " a reason and two people, and is audited.\n\nWhere partners are known, `POST"
            " /v1/partner-tokens` gives a program a token for its signed assertion, and"
            " `GET /v1/fhir/.well-known/smart-configuration` tells how to ask.\n"
        )
    )


def _routes(declared: Sequence[Any]) -> Iterator[str]:
    yield (
        "| action | route | "
        + " | ".join(_SHORT.get(r, r) for r in _ROLES)
        + (" | partner | scope | relation | purpose | glass |")
    )
    yield "|---|---|" + ":-:|" * len(_ROLES) + "---|---|---|---|---|"
    for one in sorted(declared, key=lambda d: (d.rules.policy.action, d.path, d.method)):
        policy = one.rules.policy
        marks = [_mark(policy, role) for role in _ROLES]
        if one.rules.capability_in_path:
            marks = ["" for _ in _ROLES]
        cells = [
            f"`{policy.action}`",
            f"{one.method} `{one.path}`",
            *marks,
            f"`{policy.scope}`" if policy.scope else "",
            _scope(one),
            _RELATIONS[policy.relation] if policy.relation else "",
            policy.purpose,
            _glass(one),
        ]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _whoever(declared: Sequence[Any]) -> Iterator[str]:
    """Reads of one patient's things that need no relation, and why."""
    reasons = {d.rules.policy.action: d.rules.policy.whoever for d in declared}
    if not any(reasons.values()):
        return
    yield "| needs no relation | because |"
    yield "|---|---|"
    for action, reason in sorted(reasons.items()):
        if reason is not None:
            yield f"| `{action}` | {reason} |"
    yield ""


def _mark(policy: Policy, role: Role) -> str:
    if role not in policy.roles:
        return ""
    if role != "service":
        return "●"
    return ", ".join(sorted(policy.services)) + (" (alone)" if policy.alone else "")


def _scope(declared: Any) -> str:
    if declared.rules.capability_in_path:
        return "the link itself"
    found = set(_admissions(declared.function, set(), _DEPTH))
    kinds = [
        kind for name, kind in (("admit_site", "site"), ("admit_patient", "own")) if name in found
    ]
    return " ".join(kinds) or "network"


def _glass(declared: Any) -> str:
    policy = declared.rules.policy
    if policy.sealed:
        return "sealed"
    opens = not declared.rules.unsafe and policy.purpose == "TREAT"
    return "opens" if opens and not declared.rules.capability_in_path else ""


def _admissions(function: Callable[..., Any], seen: set[object], depth: int) -> Iterator[str]:
    """The `admit_…` functions that a function reaches within its service and the chassis's edge."""
    code = inspect.unwrap(function)
    if code in seen or not isinstance(code, FunctionType):
        return
    seen.add(code)
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    for node in ast.walk(tree):
        name = _called(node)
        if name in {"admit_site", "admit_patient"}:
            yield name
        elif name is not None and depth > 0:
            for target in _resolve(name, node, code):
                yield from _admissions(target, seen, depth - 1)


def _called(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
    return None


def _resolve(name: str, node: ast.AST, code: FunctionType) -> Iterator[Callable[..., Any]]:
    """What a call names: something of the module, of a module it imported, or of its call type."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Name):
        owners: list[Any] = [code.__globals__]
    elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = function.value.id
        hint = code.__annotations__.get(owner)
        owners = [getattr(code.__globals__.get(owner), "__dict__", {})]
        owners += [vars(base) for base in getattr(hint, "__mro__", ())]
    else:
        owners = []
    for owner in owners:
        found = owner.get(name)
        if isinstance(found, FunctionType) and Path(found.__code__.co_filename).is_file():
            yield found


def _by_itself(service: Service[Any]) -> Iterator[str]:
    """What acts without anybody asking: events and timers, within the network they belong to."""
    rows = [
        (f"event `{type_}`", _first_line(service.handlers.find(type_).handler))  # type: ignore[union-attr]
        for type_ in sorted(service.handlers.readers)
    ]
    if service.timers is not None:
        rows += [
            (f"timer `{kind}`", _first_line(service.timers.handler_of(kind)))
            for kind in service.timers.kinds
        ]
    if rows:
        yield "| acts by itself on | and does |"
        yield "|---|---|"
        for what, does in rows:
            yield f"| {what} | {does} |"
        yield ""


def _verbs(service: Service[Any]) -> Iterator[str]:
    if service.verbs:
        yield "| operator's verb | does |"
        yield "|---|---|"
        for verb in service.verbs:
            yield f"| `{verb.name}` | {verb.help} |"
        yield ""


def _first_line(function: Callable[..., Any]) -> str:
    text = inspect.getdoc(function)
    if text is None:
        # Handlers are named for what they hear; their use case says what comes of it.
        text = function.__qualname__.rpartition(".")[2].removeprefix("on_").replace("_", " ")
    return text.partition("\n")[0]


if __name__ == "__main__":
    main()
