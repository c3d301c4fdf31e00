"""Whether a protocol's document is whole, sourced, consistent, and does what its examples say."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from dosing.domain.order import Unit, work_out
from dosing.domain.order_facts import Circumstances, LastDose, Weight
from dosing.domain.protocol import Product, Protocol

_MOMENT: Final = datetime(2027, 1, 1, 12, tzinfo=UTC)
_PLAIN: Final = {"code", "version", "route", "locale", "example"}


def unsourced(node: Any, path: str = "") -> Iterator[str]:
    """Figures without a source, by their place in the document."""
    if isinstance(node, Mapping) and "value" in node:
        if not node.get("source"):
            yield f"no_source: {path}"
    elif isinstance(node, Mapping):
        for name, one in node.items():
            if name not in _PLAIN:
                yield from unsourced(one, f"{path}.{name}" if path else name)
    else:
        yield f"no_figure: {path}"


def contradictions(protocol: Protocol) -> Iterator[str]:
    """Figures that cannot all hold."""
    dose, watch, pre = protocol.dose, protocol.watch, protocol.pre_dose
    pairs = [
        ("soft_stop_mg_per_kg", dose.soft_stop_mg_per_kg, dose.hard_stop_mg_per_kg),
        ("soft_stop_mg", dose.soft_stop_mg, dose.hard_stop_mg),
        ("ratio_soft_stop", dose.ratio_soft_stop, dose.ratio_hard_stop),
        ("go_systolic_mmhg", pre.go_systolic_mmhg, pre.repeat_systolic_mmhg),
        ("go_systolic_over_65_mmhg", pre.go_systolic_mmhg, pre.go_systolic_over_65_mmhg),
        ("go_systolic_over_65_mmhg", pre.go_systolic_over_65_mmhg, pre.repeat_systolic_mmhg),
        ("repeat_systolic_mmhg", pre.repeat_systolic_mmhg, pre.stop_systolic_mmhg),
        ("go_diastolic_mmhg", pre.go_diastolic_mmhg, pre.repeat_diastolic_mmhg),
        ("repeat_diastolic_mmhg", pre.repeat_diastolic_mmhg, pre.stop_diastolic_mmhg),
        ("warn_after", watch.warn_after, watch.escalate_after),
    ]
    for name, lower, upper in pairs:
        if lower is not None and upper is not None and not lower <= upper:  # type: ignore[operator]
            yield f"contradiction: {name}"
    if list(watch.schedule_minutes) != sorted(set(watch.schedule_minutes)):
        yield "contradiction: schedule_minutes"
    if watch.schedule_minutes[:1] != (0,):
        yield "contradiction: schedule has no baseline"
    limits = (dose.hard_stop_mg_per_kg, dose.hard_stop_mg, dose.allowed_mg)
    if all(one is None for one in limits):
        yield "contradiction: no hard stop"
    if protocol.rems and "minimum_watch" not in (protocol.discharge.never_overridden or ()):
        yield "contradiction: the REMS two hours could be overridden"
    if "no_driving" not in (protocol.discharge.never_overridden or ("no_driving",)):
        yield "contradiction: the rule on driving could be overridden"
    if watch.minimum < timedelta(0) or protocol.interval.minimum < timedelta(0):
        yield "contradiction: negative time"


def broken_examples(
    protocol: Protocol, examples: list[dict[str, Any]], products: Mapping[str, Product]
) -> Iterator[str]:
    """Examples that come to something else than they say."""
    if not examples:
        yield "no_example"
    # Any instant: an example's weight was just measured and nothing was given before.
    now = _MOMENT
    for number, said in enumerate(examples, start=1):
        about = Circumstances(
            last=LastDose(),
            now=now,
            infusion_minutes=said.get("infusion_minutes"),
            from_65=said.get("over_65") == "yes",
        )
        worked = work_out(
            Decimal(said["value"]),
            Unit(said["unit"]),
            Weight(kg=Decimal(said["weight_kg"]), measured_at=now),
            products[said["product"]],
            protocol,
            about,
        )
        ml = "" if worked.ml is None else f"{worked.ml:f}"
        came = (worked.mg, ml, set(worked.hard_stops), set(worked.soft_stops))
        if came != (Decimal(said["mg"]), said["ml"], set(said["hard"]), set(said["soft"])):
            yield f"example {number}: {came}"
