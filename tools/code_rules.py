"""Rules of our own on dangerous code, each a function from a parsed module to where it breaks them.

What bandit and ruff's S rules know is left to them; these know this house. `python -m
tools.code_rules` reads every module that is shipped.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SHIPPED: Final = (
    "libs/events/src",
    "libs/chassis/src",
    "services/intake/src",
    "services/scheduling/src",
    "services/dosing/src",
    "services/integration/src",
)
Breach = tuple[int, str]
Rule = Callable[[ast.Module], Iterator[Breach]]


def decodes_without_a_signature(tree: ast.Module) -> Iterator[Breach]:
    """A token read without its signature decides nothing: only whose keys to ask."""
    for call in _calls(tree, "decode"):
        for keyword in call.keywords:
            if keyword.arg == "options" and _says_no(keyword.value, "verify_signature"):
                yield call.lineno, "decode without a signature"


def compares_secrets_in_time(tree: ast.Module) -> Iterator[Breach]:
    """Digests and signatures are compared in constant time: `hmac.compare_digest`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(o, ast.Eq) for o in node.ops):
            names = [ast.unparse(one) for one in (node.left, *node.comparators)]
            if any(_is_signature(name) for name in names):
                yield node.lineno, ast.unparse(node)


def _is_signature(name: str) -> bool:
    last = name.rpartition(".")[2].strip("()")
    return last in {"signature", "hexdigest", "mac", "token_sha256"}


def formats_values_into_sql(tree: ast.Module) -> Iterator[Breach]:
    """Values travel as parameters. An f-string of SQL may hold names of ours in capitals only."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if not text.lstrip().upper().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ")):
            continue
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not _of_our_names(part.value):
                yield node.lineno, f"SQL with {{{ast.unparse(part.value)}}}"


def _of_our_names(value: ast.expr) -> bool:
    """Whether an expression is made of constants in capitals alone, counted or joined."""
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return value.attr.strip("_").isupper()  # a constant of a module of ours
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    fixed = {name for name in names if name.strip("_").isupper()}
    bound = {
        target.id
        for node in ast.walk(value)
        if isinstance(node, ast.comprehension)
        for target in ast.walk(node.target)
        if isinstance(target, ast.Name)
    }
    return bool(fixed) and names - fixed - bound <= {"len", "range", "str"}


def trusts_any_certificate(tree: ast.Module) -> Iterator[Breach]:
    """TLS is verified."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "verify" and _is_false(node.value):
            yield node.value.lineno, "verify=False"


def follows_redirects(tree: ast.Module) -> Iterator[Breach]:
    """A redirect takes a token to wherever the answer says."""
    for node in ast.walk(tree):
        named = isinstance(node, ast.keyword) and node.arg == "follow_redirects"
        if isinstance(node, ast.keyword) and named and not _is_false(node.value):
            yield node.value.lineno, "follow_redirects"


def draws_secrets_from_chance(tree: ast.Module) -> Iterator[Breach]:
    """What must not be guessed comes from `secrets`; `random` is for waits."""
    for node in ast.walk(tree):
        name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if name.startswith("random.") and name not in {"random.uniform", "random.Random"}:
            yield getattr(node, "lineno", 0), name


def reads_past_the_network(tree: ast.Module) -> Iterator[Breach]:
    """The settings that look past the network's policy belong to one worker each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for setting in ("kairos.audit_reader", "kairos.key_rotation"):
                if f"set_config('{setting}'" in node.value:
                    yield node.lineno, setting


def unsealed_private_notes(tree: ast.Module) -> Iterator[Breach]:
    """A policy about private notes or a journal is sealed: no broken glass opens it."""
    for call in _calls(tree, "policy"):
        action = call.args[0] if call.args else None
        name = str(action.value) if isinstance(action, ast.Constant) else ""
        private = name.startswith(("private_note.", "psychotherapy_note.", "journal."))
        if private and not any(keyword.arg == "sealed" for keyword in call.keywords):
            yield call.lineno, f"{name} is not sealed"


# Where a rule may be broken, with the reason.
EXCUSED: Final[dict[tuple[str, str], str]] = {
    ("decodes_without_a_signature", "kairos_chassis/auth.py"): "to find whose keys to ask",
    ("decodes_without_a_signature", "kairos_chassis/partners.py"): "to find whose keys to ask",
    ("formats_values_into_sql", "kairos_chassis/statements.py"): "the number of a placeholder",
    ("formats_values_into_sql", "kairos_chassis/bus/rebuild.py"): "names of declared tables",
    (
        "formats_values_into_sql",
        "kairos_chassis/bus/republish.py",
    ): "names of partitions, from the catalogue",
    ("reads_past_the_network", "kairos_chassis/audit_trail/store.py"): "the sealer",
    ("reads_past_the_network", "kairos_chassis/patient_keys.py"): "the rotation of keys",
}
RULES: Final[tuple[Rule, ...]] = (
    decodes_without_a_signature,
    compares_secrets_in_time,
    formats_values_into_sql,
    trusts_any_certificate,
    follows_redirects,
    draws_secrets_from_chance,
    reads_past_the_network,
    unsealed_private_notes,
)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def _says_no(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant)
        and key.value == name
        and isinstance(value, ast.Constant)
        and value.value is False
        for key, value in zip(node.keys, node.values, strict=True)
    )


def breaches(rule: Rule, root: Path = ROOT) -> Iterator[str]:
    """Where shipped code breaks a rule without an excuse."""
    for folder in SHIPPED:
        for path in sorted((root / folder).rglob("*.py")):
            place = path.relative_to(root / folder).as_posix()
            if (rule.__name__, place) in EXCUSED or "/testing/" in place:
                continue  # the kit for tests is in no release's processes
            for line, what in rule(ast.parse(path.read_text(encoding="utf-8"))):
                yield f"{folder}/{place}:{line}: {rule.__name__}: {what}"


def main() -> None:
    """Print every breach and exit 1."""
    found = [one for rule in RULES for one in breaches(rule)]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
