"""What is asked and seen before a dose, of somebody who is fasting, sober and well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kairos_cli.demo.world import World

GOOD = {
    "respiratory_rate_bpm": 14,
    "aldrete": {
        "activity": 2,
        "respiration": 2,
        "circulation": 2,
        "consciousness": 2,
        "saturation": 2,
    },
    "distress": 1,
    "orientation": 4,
    "gait_steady": True,
    "nausea": 0,
    "oximetry_continuous": True,
}


def asked(world: World) -> dict[str, Any]:
    """Fasting, sober and well, as Dana says."""
    now = world.now()
    return {
        "last_solids_at": (now - timedelta(hours=12)).isoformat(),
        "last_fluids_at": (now - timedelta(hours=5)).isoformat(),
        "medications": {"antidepressant": (now - timedelta(hours=5)).isoformat()},
        "intoxicated": False,
        "acute_change": False,
        "pregnancy": "negative",
        "pregnancy_tested_on": (now - timedelta(days=1)).date().isoformat(),
        "suicide_screen": "negative",
    }
