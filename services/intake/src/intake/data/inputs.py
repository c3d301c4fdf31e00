"""The derived inputs of the rules, and the classes of medicines."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from intake.data import reading
from intake.data.facts import fact_catalogue
from intake.data.instruments import current
from intake.domain.inputs import Derivation, Derive, DerivedInputs

_OF_ASSESSMENTS = (Derive.ANSWER, Derive.BAND, Derive.SCORE, Derive.ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classes:
    version: str
    source: str
    classes: Mapping[str, tuple[str, ...]]


@cache
def derived_inputs() -> DerivedInputs:
    """The derivations in force. Raises ValueError for a broken file."""
    found = reading.parse(DerivedInputs, reading.load("inputs_v1.toml"))
    names = [one.name for one in found.inputs]
    if len(set(names)) != len(names) or found.names & {f.name for f in fact_catalogue().facts}:
        raise ValueError("an input is defined twice")
    for one in found.inputs:
        _check(one)
    return found


def _check(one: Derivation) -> None:
    if one.derive in _OF_ASSESSMENTS:
        instrument = current(one.instrument or "")
        bands = {band.code for band in instrument.bands}
        sound = one.derive is not Derive.BAND or one.band in bands
        if one.derive is Derive.ANSWER:
            instrument.find(one.item or "")
    else:
        fact_catalogue().find(one.fact or "")
        sound = one.instrument is None
    if not sound:
        raise ValueError(f"{one.name}: cannot be derived")


@cache
def medication_classes() -> Mapping[str, str]:
    """The class of every ingredient we know. Raises ValueError for one that has two."""
    found = reading.parse(_Classes, reading.load("medication_classes_v1.toml"))
    pairs = [(code, name) for name, codes in found.classes.items() for code in codes]
    classes = dict(pairs)
    if len(classes) != len(pairs):
        raise ValueError("an ingredient has two classes")
    return classes
