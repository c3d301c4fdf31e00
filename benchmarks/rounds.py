"""The method: rounds of shuffled slices over all candidates, and paired ratios to the floor."""

import random
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

Sample = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A candidate against its floor: the median of the paired ratios, and their range."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


async def shuffled_rounds(
    names: Sequence[str], rounds: int, measure: Callable[[str], Awaitable[Sample]]
) -> dict[str, list[Sample]]:
    """Measure every candidate once a round, in an order drawn anew for each round."""
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in random.sample(names, len(names)):
            samples[name].append(await measure(name))
    return samples


def paired(candidate: Sequence[Sample], floor: Sequence[Sample], what: str) -> Ratio:
    """Ratios of the same round, so that the noise of the machine falls on both."""
    ratios = [one[what] / other[what] for one, other in zip(candidate, floor, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def median(samples: Sequence[Sample], what: str) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(sample[what] for sample in samples)
