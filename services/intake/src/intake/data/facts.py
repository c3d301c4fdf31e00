"""The catalogue of clinical facts."""

from functools import cache

from intake.data import reading
from intake.domain.facts import FactCatalogue


@cache
def fact_catalogue() -> FactCatalogue:
    """The catalogue in force. Raises ValueError for a broken file."""
    catalogue = reading.parse(FactCatalogue, reading.load("facts_v2.toml"))
    names = [fact.name for fact in catalogue.facts]
    if len(set(names)) != len(names):
        raise ValueError("a fact is defined twice")
    return catalogue
