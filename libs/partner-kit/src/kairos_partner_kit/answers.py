"""What a consumer under test says it did, a line of JSON each: `{"record": 12, "did": "kept"}`.

`applied`: the record has had its effect. `kept`: it has not, and is not forgotten: it waits for a
missing one, or for a person or a release that can read it. `passed`: it needs no effect. What was
kept may be applied later. Silence about a record counts as having done nothing with it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Did = Literal["applied", "kept", "passed"]
_DEEDS = get_args(Did)


class AnswerError(ValueError):
    """A line that is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done with one record."""

    record: int
    did: Did

    def line(self) -> str:
        """Write it as a line, without its end."""
        return json.dumps({"record": self.record, "did": self.did})


def answers_from(lines: Iterable[str]) -> list[Answer]:
    """Read answers in the order they were given; empty lines are left out. Raises AnswerError."""
    return [_answer(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _answer(number: int, line: str) -> Answer:
    try:
        told = json.loads(line)
        record, did = told["record"], told["did"]
    except (ValueError, TypeError, KeyError):
        raise AnswerError(f'line {number} is not {{"record": N, "did": "..."}}') from None
    if not isinstance(record, int) or isinstance(record, bool) or did not in _DEEDS:
        raise AnswerError(f"line {number}: record is a number, did one of {', '.join(_DEEDS)}")
    return Answer(record, did)
