"""Day 21: every container is counted, and agrees with its book."""

from __future__ import annotations

from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

# What is left of each at the end of the series, in milligrams, and who counts it.
LEFT = {"vial": ("376", "RN Ortiz"), "tablets": ("700", "RN Ortiz"), "vial_B": ("500", "RN Cole")}


def reconcile(world: World) -> None:
    """A blind count of V1, R1 and clinic B's own vial."""
    with world.stage.step("RN Ortiz", "Day 21: count V1, R1 and, at clinic B, V2") as step:
        for name, (left, who) in LEFT.items():
            path = f"/v1/containers/{world.ids[name]}/counts"
            counted = world.people[who].post("dosing", path, {"counted_mg": left})
            found = expect(counted, 201).body["discrepancy"]
            check(found is None, f"{name}: {left} mg expected, the book differs")
        step.answered = "V1 376 mg, R1 7 tablets of 12, V2 500 mg: each agrees with its book"
