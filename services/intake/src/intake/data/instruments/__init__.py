"""Rating scales as versioned data, loaded and proved at the start of the process."""

from functools import cache

from intake.data import reading
from intake.domain.errors import InstrumentNotFound
from intake.domain.instrument import Instrument, Licence, Scoring


@cache
def instruments() -> tuple[Instrument, ...]:
    """The newest version of every instrument, by code. Raises ValueError for a broken file."""
    found = [check(reading.parse(Instrument, reading.load(n))) for n in _files()]
    keys = [(i.code, i.version) for i in found]
    if len(set(keys)) != len(keys):
        raise ValueError("an instrument version is defined twice")
    return tuple(found)


def current(code: str) -> Instrument:
    """The newest version of an instrument. Raises InstrumentNotFound."""
    versions = [i for i in instruments() if i.code == code]
    if not versions:
        raise InstrumentNotFound
    return max(versions, key=lambda i: int(i.version))


def version_of(code: str, version: str) -> Instrument:
    """The version an assessment was started with. Raises InstrumentNotFound."""
    for instrument in instruments():
        if (instrument.code, instrument.version) == (code, version):
            return instrument
    raise InstrumentNotFound


def _files() -> list[str]:
    return reading.names("instruments")


def check(instrument: Instrument) -> Instrument:
    """The same instrument, proved sound. Raises ValueError."""
    codes = [item.code for item in instrument.items]
    _demand(len(set(codes)) == len(codes), instrument, "an item is defined twice")
    _demand(instrument.version.isdigit(), instrument, "its version is no number")
    _check_texts(instrument)
    _check_conditions(instrument, set(codes))
    if instrument.scoring is Scoring.SUM:
        _check_bands(instrument)
    else:
        _demand(not instrument.bands[-1].any_of, instrument, "its last band must take the rest")
    return instrument


def _check_texts(instrument: Instrument) -> None:
    texts = [item.text for item in instrument.items]
    if instrument.licence is Licence.SHIP:
        _demand(all(texts), instrument, "an item has no text")
    else:
        _demand(not any(texts), instrument, "its licence does not let its texts be shipped")
        _demand(instrument.stem is None, instrument, "its licence does not let its stem be shipped")


def _check_conditions(instrument: Instrument, codes: set[str]) -> None:
    used = [c for t in instrument.triggers for c in t.any_of]
    used += [c for b in instrument.bands for c in b.any_of]
    used += [i.asked_when for i in instrument.items if i.asked_when is not None]
    offered = {option.value for option in instrument.options}
    for condition in used:
        _demand(condition.item in codes, instrument, f"no item {condition.item}")
        _demand(condition.at_least in offered, instrument, "a condition can never hold")
    _demand(all(t.any_of for t in instrument.triggers), instrument, "a trigger fires never")


def _check_bands(instrument: Instrument) -> None:
    scored = [item for item in instrument.items if item.scored]
    _demand(all(i.required for i in scored), instrument, "a scored item is not required")
    low = len(scored) * min(option.value for option in instrument.options)
    high = len(scored) * max(option.value for option in instrument.options)
    following = low
    for band in instrument.bands:
        _demand(band.minimum == following, instrument, "its bands leave a gap or overlap")
        _demand(band.maximum is not None, instrument, "a band has no end")
        following = (band.maximum or 0) + 1
    _demand(following == high + 1, instrument, "its bands do not end with the highest score")


def _demand(holds: bool, instrument: Instrument, complaint: str) -> None:
    if not holds:
        raise ValueError(f"{instrument.code} {instrument.version}: {complaint}")
