"""What a reading comes to beside what the record says: its line in the report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from intake.data import instruments
from intake.data.facts import fact_catalogue
from intake.data.fhir_person import differing
from intake.data.fhir_values import Reading
from intake.domain.errors import UnfitFact
from intake.domain.facts import Fact
from intake.domain.patient import Patient
from intake.domain.record_errors import BundleOfSomebodyElse

_SOMEBODY_ELSE = {"born_on", "family_name"}  # one of them may be a typing error, both are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One resource in the report."""

    resource: str
    outcome: str
    reason: str | None
    facts: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # fields that differ, or links that were not understood

    @property
    def taken(self) -> bool:
        """Whether something of it is kept."""
        return self.outcome in ("mapped", "conflicting")


def judged(reading: Reading, patient: Patient, current: Mapping[str, Fact]) -> Line:
    """The resource's line. Raises BundleOfSomebodyElse."""
    line = Line(
        resource=reading.resource,
        outcome=reading.outcome,
        reason=reading.reason,
        facts=tuple(sorted({*reading.facts, *reading.adds})),
    )
    if reading.person is not None:
        return _compared(line, differing(reading.person, patient))
    if reading.response is not None:
        return _scored(line, reading)
    return _against(line, reading, current)


def _compared(line: Line, differs: list[str]) -> Line:
    if set(differs) >= _SOMEBODY_ELSE:
        raise BundleOfSomebodyElse
    if not differs:
        return replace(line, reason="same_as_record")
    return replace(line, outcome="conflicting", reason="demographics_differ", about=tuple(differs))


def _scored(line: Line, reading: Reading) -> Line:
    assert reading.response is not None
    given = reading.response
    instrument = instruments.version_of(given.instrument, given.instrument_version)
    whole = given.finished and not instrument.missing(given.answers)
    return replace(line, reason=None if whole else "not_scored", about=given.unread)


def _against(line: Line, reading: Reading, current: Mapping[str, Fact]) -> Line:
    for name, value in reading.facts.items():
        try:
            fact_catalogue().find(name).check(value)
        except UnfitFact:
            return replace(line, outcome="ignored", reason="value_out_of_range")
        recorded = current.get(name)
        if recorded is not None and recorded.value not in (None, value):
            line = replace(line, outcome="conflicting", reason="record_says_otherwise")
    return line
