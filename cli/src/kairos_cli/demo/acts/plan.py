"""The five doses after the first one, as the reference journey plans them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One dosing day of the series."""

    number: int
    day: int
    route: str
    container: str
    product: str
    milligrams: str
    units: int | None  # tablets; None for what is measured by volume
    left_mg: str  # what the container holds afterwards
    mg_per_kg: str  # of 68.0 kg, to 0.001
    iv_equivalent: str
    soft_stop: bool = False
    booked_before_hours: float = 20


def _im(number: int, day: int, milligrams: str, left: str, per_kg: str, iv: str) -> Planned:
    return Planned(
        number=number,
        day=day,
        route="im",
        container="vial",
        product="ketamine_50mg_ml_10ml",
        milligrams=milligrams,
        units=None,
        left_mg=left,
        mg_per_kg=per_kg,
        iv_equivalent=iv,
    )


def _lozenge(
    number: int, day: int, tablets: int, left: str, *, soft_stop: bool = False, before: float = 20
) -> Planned:
    return Planned(
        number=number,
        day=day,
        route="sublingual",
        container="tablets",
        product="ketamine_rdt_100mg_12",
        milligrams=str(tablets * 100),
        units=tablets,
        left_mg=left,
        mg_per_kg={1: "1.471", 2: "2.941"}[tablets],
        iv_equivalent={1: "0.441", 2: "0.882"}[tablets],
        soft_stop=soft_stop,
        booked_before_hours=before,
    )


DOSE_2 = _im(2, 3, "41", "424", "0.603", "0.561")
DOSE_3 = _im(3, 7, "48", "376", "0.706", "0.656")
DOSE_4 = _lozenge(4, 10, 1, "1100")
# Twice the dose before it: a soft stop. Booked on the day, after clinic B could not give it.
DOSE_5 = _lozenge(5, 14, 2, "900", soft_stop=True, before=0.2)
DOSE_6 = _lozenge(6, 17, 2, "700")
