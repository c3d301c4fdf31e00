"""Rating scales as versioned data, loaded and proved at the start of the process."""

from functools import cache

from intake.data import reading
from intake.domain.errors import InstrumentNotFound
from intake.domain.instrument import Band, Instrument, Licence, Scoring
from intake.domain.scoring import Kind, ScoreRule, scored


@cache
def instruments() -> tuple[Instrument, ...]:
    """Every version of every instrument. Raises ValueError for a broken file."""
    found = [check(reading.parse(Instrument, reading.load(n))) for n in _files()]
    keys = [(i.code, i.version) for i in found]
    if len(set(keys)) != len(keys):
        raise ValueError("an instrument version is defined twice")
    asked = {t.asks for i in found for t in i.triggers if t.asks is not None}
    if asked - {one.code for one in found}:
        raise ValueError("a trigger asks for an instrument that there is not")
    return tuple(found)


def current(code: str) -> Instrument:
    """The newest version of an instrument. Raises InstrumentNotFound."""
    versions = [i for i in instruments() if i.code == code]
    if not versions:
        raise InstrumentNotFound
    return max(versions, key=lambda i: int(i.version))


def newest() -> list[Instrument]:
    """The newest version of every instrument."""
    return [current(code) for code in sorted({i.code for i in instruments()})]


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
    _check_conditions(instrument)
    if instrument.scoring is Scoring.SCORES:
        _check_scores(instrument, set(codes))
        for sex in ("female", "male", "unknown"):
            _check_bands(instrument, [b for b in instrument.bands if b.sex in (None, sex)])
    else:
        _demand(not instrument.bands[-1].any_of, instrument, "its last band must take the rest")
    return instrument


def _check_texts(instrument: Instrument) -> None:
    texts = [item.text for item in instrument.items]
    if instrument.licence is not Licence.SHIP:
        _demand(not any(texts), instrument, "its licence does not let its texts be shipped")
        _demand(instrument.stem is None, instrument, "its licence does not let its stem be shipped")
        return
    _demand(all(texts), instrument, "an item has no text")
    options = [o for item in instrument.items for o in instrument.options_of(item)]
    languages = {frozenset(text) for text in [*texts, *(o.text for o in options)] if text}
    _demand(len(languages) == 1, instrument, "is not whole in every language")


def _check_conditions(instrument: Instrument) -> None:
    used = [c for t in instrument.triggers for c in t.any_of]
    used += [c for b in instrument.bands for c in b.any_of]
    used += [i.asked_when for i in instrument.items if i.asked_when is not None]
    items = {item.code: item for item in instrument.items}
    for condition in used:
        _demand(condition.item in items, instrument, f"no item {condition.item}")
        offered = {o.value for o in instrument.options_of(items[condition.item])}
        _demand(condition.at_least in offered, instrument, "a condition can never hold")
    _demand(all(t.any_of for t in instrument.triggers), instrument, "a trigger fires never")


def _check_scores(instrument: Instrument, codes: set[str]) -> None:
    known: dict[str, ScoreRule] = {}
    _demand(bool(instrument.scores), instrument, "has no score")
    for rule in instrument.scores:
        _demand(rule.code not in known, instrument, "a score is defined twice")
        read = {item for group in rule.groups for item in group}
        _demand(read <= codes, instrument, f"{rule.code} reads no item of it")
        _demand(bool(read) != bool(rule.all_of), instrument, f"{rule.code} counts nothing")
        _demand((rule.kind is Kind.COUNT) == (rule.threshold is not None), instrument, "a count")
        _demand({c.score for c in rule.all_of} <= set(known), instrument, "criteria come last")
        if rule.kind is not Kind.CRITERIA:
            _check_range(instrument, rule)
        known[rule.code] = rule


def _check_range(instrument: Instrument, rule: ScoreRule) -> None:
    """The lowest and the highest answers give exactly the range the file claims."""
    for pick, claimed in ((min, rule.lowest), (max, rule.highest)):
        values = {}
        for item in instrument.items:
            values[item.code] = pick(o.value for o in instrument.options_of(item))
            required = item.required or not any(item.code in group for group in rule.groups)
            _demand(required, instrument, "a scored item is not required")
        (score,) = scored((rule,), values)
        _demand(score.value == claimed, instrument, f"{rule.code} has another range")


def _check_bands(instrument: Instrument, bands: list[Band]) -> None:
    total = instrument.scores[0]
    if not instrument.bands:
        return  # where no ranges are published, none are made up
    following = total.lowest
    for band in bands:
        _demand(band.minimum == following, instrument, "its bands leave a gap or overlap")
        _demand(band.maximum is not None, instrument, "a band has no end")
        following = (band.maximum or 0) + 1
    _demand(following == total.highest + 1, instrument, "its bands do not end with the range")


def _demand(holds: bool, instrument: Instrument, complaint: str) -> None:
    if not holds:
        raise ValueError(f"{instrument.code} {instrument.version}: {complaint}")
