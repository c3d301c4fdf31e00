"""Make the platform's topics on a broker what the events library declares.

Usage: create_topics.py --replication N [--min-insync M]. The broker is KAIROS_KAFKA_BOOTSTRAP. Safe
to repeat; settings that differ are set. Exits 1, saying which and changing nothing, for what
somebody has to decide: a topic that holds events under another number of partitions or copies.
"""

import argparse
import asyncio
import os
import sys

from kairos_chassis.bus.topic_admin import apply_to
from kairos_events.topics import topics_to_create


async def main(replication: int, min_insync: int | None = None) -> int:
    """Compare, do, and say what was done to each topic."""
    wanted = topics_to_create(replication, min_insync)
    plan = await apply_to(os.environ["KAIROS_KAFKA_BOOTSTRAP"], wanted)
    for refusal in plan.refusals:
        differs = refusal.difference
        print(  # noqa: T201
            f"{refusal.topic}: wants {differs.wanted} {differs.setting}, has {differs.found}. "
            f"{refusal.reason} {refusal.advice}",
            file=sys.stderr,
        )
    if plan.refusals:
        return 1
    done = {step.topic.name: f"{step.action}d" for step in plan.steps}
    for topic in wanted:
        state = done.get(topic.name, "present")
        print(f"{topic.name}: {state}, {topic.partitions} partitions")  # noqa: T201
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the platform's topics.")
    parser.add_argument("--replication", type=int, required=True, help="copies of each partition")
    parser.add_argument("--min-insync", type=int, help="copies that a write waits for")
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.replication, chosen.min_insync)))
