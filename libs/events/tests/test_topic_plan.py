"""The plan ends every difference that can be ended safely, and refuses the others."""

from collections.abc import Mapping
from typing import Any

import pytest
from kairos_events.topic_changes import Action, Difference, FoundTopic, Plan
from kairos_events.topic_plan import plan_topics
from kairos_events.topics import TopicToCreate

WANTED = TopicToCreate(name="a.events", partitions=6, replication=3, configs={"retention.ms": "-1"})


def found(**changes: Any) -> Mapping[str, FoundTopic]:
    """The topic as it shall be, but for these changes."""
    as_wanted: dict[str, Any] = {
        "name": WANTED.name,
        "partitions": WANTED.partitions,
        "replication": WANTED.replication,
        "configs": {"retention.ms": "-1", "segment.ms": "7"},
        "used": True,
    }
    return {WANTED.name: FoundTopic(**as_wanted | changes)}


def actions(plan: Plan) -> list[Action]:
    return [step.action for step in plan.steps]


def refused(plan: Plan) -> list[str]:
    return [refusal.difference.setting for refusal in plan.refusals]


def test_nothing_is_done_for_a_topic_that_is_as_it_shall_be() -> None:
    assert plan_topics([WANTED], found()) == Plan()
    assert plan_topics([WANTED], found(), alterable=False) == Plan()


def test_a_missing_topic_is_created_and_others_are_let_be() -> None:
    stranger = {"somebody.else": FoundTopic(name="somebody.else", partitions=1)}

    plan = plan_topics([WANTED], stranger, alterable=False)

    assert (plan.of(Action.CREATE), plan.refusals) == ([WANTED], ())
    assert Difference("partitions", None, "6") in plan.steps[0].differences


def test_a_setting_is_changed_and_the_topic_s_other_own_settings_are_said_again() -> None:
    own = {"retention.ms": "5", "segment.ms": "7"}

    plan = plan_topics([WANTED], found(configs=own | {"flush.ms": "9"}, own_configs=own))

    (step,) = plan.steps
    assert step.differences == (Difference("retention.ms", "5", "-1"),)
    assert step.configs == {"retention.ms": "-1", "segment.ms": "7"}


@pytest.mark.parametrize("partitions", [5, 7])
def test_partitions_of_a_topic_that_held_events_never_change(partitions: int) -> None:
    plan = plan_topics([WANTED], found(partitions=partitions))

    assert (actions(plan), refused(plan)) == ([], ["partitions"])
    assert "lose their order" in plan.refusals[0].reason
    assert "topics.toml" in plan.refusals[0].advice


def test_a_topic_that_never_held_one_grows_but_does_not_shrink() -> None:
    assert actions(plan_topics([WANTED], found(partitions=5, used=False))) == [Action.ENLARGE]

    plan = plan_topics([WANTED], found(partitions=7, used=False))

    assert (actions(plan), refused(plan)) == ([], ["partitions"])
    assert "delete it" in plan.refusals[0].advice


def test_other_copies_are_refused_and_hold_back_the_topic_s_other_steps() -> None:
    plan = plan_topics([WANTED], found(replication=1, configs={"retention.ms": "5"}))

    assert (actions(plan), refused(plan)) == ([], ["replication"])


def test_a_broker_that_cannot_change_topics_is_not_asked_to() -> None:
    changed = found(configs={}, partitions=5, used=False)

    plan = plan_topics([WANTED], changed, alterable=False)

    assert (actions(plan), refused(plan)) == ([], ["partitions", "retention.ms"])
    assert actions(plan_topics([WANTED], changed)) == [Action.ENLARGE, Action.CONFIGURE]


def test_only_a_replaceable_topic_is_replaced_and_only_for_its_partitions() -> None:
    wrong = found(partitions=4)

    assert plan_topics([WANTED], wrong, replaceable=["a.events"]).of(Action.REPLACE) == [WANTED]
    assert refused(plan_topics([WANTED], wrong, replaceable=["b.events"])) == ["partitions"]
    assert plan_topics([WANTED], found(), replaceable=["a.events"]) == Plan()


def test_what_was_not_asked_is_not_compared() -> None:
    assert plan_topics([WANTED], found(replication=None, configs=None)) == Plan()
    assert plan_topics([WANTED], found(configs={})).steps
