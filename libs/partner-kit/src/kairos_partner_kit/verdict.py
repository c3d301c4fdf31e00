"""The verdict: what a consumer said it did, held against every way to be right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kairos_partner_kit.answers import Answer
from kairos_partner_kit.case import Case, Outcome
from kairos_partner_kit.feed import Feed


@dataclass(frozen=True, slots=True)
class Finding:
    """One case, and what is wrong about it."""

    case: str
    promise: str
    faults: Sequence[str]

    @property
    def passed(self) -> bool:
        """Whether nothing is."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings, and what belongs to no case."""

    findings: Sequence[Finding]
    faults: Sequence[str]

    @property
    def passed(self) -> bool:
        """Whether the consumer keeps every promise."""
        return not self.faults and all(finding.passed for finding in self.findings)


def judge(feed: Feed, answers: Sequence[Answer]) -> Verdict:
    """Judge the answers to a feed, given in the order in which things were done."""
    known = {record.number for record in feed.records}
    strange = sorted({answer.record for answer in answers} - known)
    faults = [f"record {number} is not in the feed" for number in strange]
    return Verdict([_finding(case, numbers, answers) for case, numbers in feed.cases], faults)


def _finding(case: Case, numbers: Sequence[int], answers: Sequence[Answer]) -> Finding:
    place = {number: at for at, number in enumerate(numbers)}
    own = [(place[answer.record], answer.did) for answer in answers if answer.record in place]
    applied = [at for at, did in own if did == "applied"]
    kept = {at for at, did in own if did == "kept"}
    names = {at: f"record {number} ({case.records[at].what})" for number, at in place.items()}
    tried = [list(_faults(right, applied, kept, names)) for right in case.right]
    return Finding(case.name, case.promise, min(tried, key=len))


def _faults(
    right: Outcome, applied: Sequence[int], kept: set[int], names: Mapping[int, str]
) -> Iterator[str]:
    wanted = frozenset[int]().union(*right.applied)
    for at in dict.fromkeys(applied):
        if applied.count(at) > 1:
            yield f"{names[at]} was applied {applied.count(at)} times"
        if at not in wanted:
            yield f"{names[at]} was applied"
    done = [at for at in dict.fromkeys(applied) if at in wanted]
    steps = [next((n for n, step in enumerate(right.applied) if at in step), 0) for at in done]
    for step, group in enumerate(right.applied):
        if step not in steps:
            yield f"{' or '.join(names[at] for at in sorted(group))} was not applied"
        elif steps.count(step) > 1:
            both = " and ".join(names[at] for at in done if at in group)
            yield f"{both} are one fact, and both were applied"
    for before, after in pairwise(done):
        if steps[done.index(before)] > steps[done.index(after)]:
            yield f"{names[before]} was applied before {names[after]}"
    for at in sorted(right.kept - kept):
        yield f"{names[at]} was not kept"
