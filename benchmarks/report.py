"""What a run says: a table with the ratios first, and the same as JSON."""

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rounds import Ratio

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison. Absolute figures are of this machine at this hour, for orientation only."""

    name: str
    ratio: Ratio | None
    goal: float | None = None
    at_most: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def meets_goal(self) -> bool:
        """Whether the goal, if there is one, is reached, and the limit, if there is one, kept."""
        if self.ratio is None:
            return self.goal is None and self.at_most is None
        enough = self.goal is None or self.ratio.median >= self.goal
        return enough and (self.at_most is None or self.ratio.median <= self.at_most)


def table(rows: Sequence[Row]) -> str:
    """The rows as text, ratio first."""
    lines = [f"{'ratio (min-max)':<19}{'goal':<8}{'comparison':<62}figures"]
    for row in rows:
        ratio = "" if row.ratio is None else str(row.ratio)
        goal = "" if row.goal is None else f">={row.goal:.2f}"
        goal = goal if row.at_most is None else f"<={row.at_most:.2f}"
        figures = "  ".join(f"{name}={_short(value)}" for name, value in row.figures.items())
        lines.append(f"{ratio:<19}{goal:<8}{row.name:<62}{figures}")
    return "\n".join(lines)


def save(rows: Sequence[Row], path: Path | None) -> Path:
    """Write the run as JSON. Returns where."""
    at = datetime.now(UTC)
    target = path or RESULTS / f"{at:%Y%m%dT%H%M%SZ}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "rows": [dataclasses.asdict(row) | {"meets_goal": row.meets_goal} for row in rows],
    }
    target.write_text(json.dumps(document, indent=2) + "\n")
    return target


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"
