"""A partner's consumer as a program: it is given the feed, and what it answers is read."""

import subprocess
from collections.abc import Sequence

from kairos_partner_kit.answers import Answer, answers_from
from kairos_partner_kit.feed import Feed


class ConsumerFailed(Exception):
    """The program could not be run to its end; says why."""


def lines_of(feed: Feed) -> str:
    """The feed as text, one record a line."""
    return "".join(f"{record.line()}\n" for record in feed.records)


def answers_of(command: Sequence[str], feed: Feed, timeout_s: float) -> list[Answer]:
    """Run a program on the feed. Raises ConsumerFailed, and AnswerError for what is no answer."""
    try:
        done = subprocess.run(  # noqa: S603 - the partner's own program, no shell
            list(command),
            input=lines_of(feed),
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )
    except OSError as error:
        raise ConsumerFailed(f"cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise ConsumerFailed(f"did not end within {timeout_s:g} s") from error
    if done.returncode != 0:
        raise ConsumerFailed(f"ended with exit code {done.returncode}")
    return answers_from(done.stdout.splitlines())
