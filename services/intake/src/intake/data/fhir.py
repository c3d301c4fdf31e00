"""What of FHIR is understood, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from intake.data import reading
from intake.data.facts import fact_catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """The fact a measured value becomes, in the unit it has to come in."""

    fact: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirMap:
    """Codes of a bundle, and what they become."""

    version: str
    source: str
    refused_labels: tuple[str, ...]
    conditions: Mapping[str, str]
    diagnoses: Mapping[str, str]
    integers: Mapping[str, str]
    decimals: Mapping[str, Quantity]
    multiples: Mapping[str, str]
    coded: Mapping[str, Mapping[str, str]]
    allergies: Mapping[str, str]
    answers: Mapping[str, int]
    birth_sex: Mapping[str, str]


@cache
def fhir_map() -> FhirMap:
    """The map in force. Raises ValueError for one that names a fact nobody records."""
    found = reading.parse(FhirMap, reading.load("fhir_v2.toml"))
    named = {*found.conditions.values(), *found.integers.values(), *found.multiples.values()}
    named |= {one.fact for one in found.decimals.values()}
    named |= {one["fact"] for one in found.coded.values()}
    if strange := named - {fact.name for fact in fact_catalogue().facts}:
        raise ValueError(f"nobody records {', '.join(sorted(strange))}")
    return found
