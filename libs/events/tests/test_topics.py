import pytest
from kairos_events.topics import TopicError, read_topics, topics, topics_to_create

GOOD = """
[topics."a.events"]
owner = "a"
keys = ["patient_id"]
partitions = 6
retention_days = 30
consumers = ["b"]
"""


def test_domain_facts_are_kept_for_ever_and_telemetry_for_thirty_days() -> None:
    kept = {name: topic.retention_ms for name, topic in topics().items()}

    assert kept == {
        "intake.events": -1,
        "scheduling.events": -1,
        "dosing.events": -1,
        "dosing.telemetry": 30 * 24 * 3_600_000,
        "integration.events": -1,
    }


def test_topics_to_create_carry_partitions_replication_and_configs() -> None:
    made = {topic.name: topic for topic in topics_to_create(replication=3)}

    assert made.keys() == topics().keys()
    assert (made["dosing.events"].partitions, made["dosing.telemetry"].partitions) == (6, 3)
    assert made["dosing.events"].replication == 3
    assert made["dosing.events"].configs == {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "min.insync.replicas": "2",
    }
    assert topics_to_create(replication=1)[0].configs["min.insync.replicas"] == "1"


def test_min_insync_is_what_is_asked_for_and_never_more_than_there_are_copies() -> None:
    assert topics_to_create(3, 1)[0].configs["min.insync.replicas"] == "1"
    for replication, min_insync in ((1, 2), (3, 4), (3, 0)):
        with pytest.raises(TopicError, match="cannot be had"):
            topics_to_create(replication, min_insync)


def test_max_message_bytes_is_set_only_where_the_file_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sized = read_topics(f"{GOOD}max_message_bytes = 2000000\n")
    monkeypatch.setattr("kairos_events.topics.topics", lambda: sized)
    (topic,) = topics_to_create(1)
    assert topic.configs["max.message.bytes"] == "2000000"
    monkeypatch.setattr("kairos_events.topics.topics", lambda: read_topics(GOOD))
    (topic,) = topics_to_create(1)
    assert "max.message.bytes" not in topic.configs


def test_a_good_file_is_read() -> None:
    topic = read_topics(GOOD)["a.events"]

    assert (topic.owner, topic.keys, topic.consumers) == ("a", ("patient_id",), ("b",))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('owner = "a"', ""),
        ('owner = "a"', 'owner = ""'),
        ('owner = "a"', "owner = 1"),
        ('consumers = ["b"]', "consumers = []"),
        ('consumers = ["b"]', 'consumers = "b"'),
        ('consumers = ["b"]', "consumers = [1]"),
        ('keys = ["patient_id"]', "keys = []"),
        ("partitions = 6", "partitions = 0"),
        ("partitions = 6", "partitions = true"),
        ("partitions = 6", 'partitions = "6"'),
        ("retention_days = 30", "retention_days = 0"),
        ("retention_days = 30", "retention_days = 30\nretention = 1"),
        ("retention_days = 30", "retention_days = 30\nmax_message_bytes = 0"),
        ("retention_days = 30", 'retention_days = 30\nmax_message_bytes = "1"'),
    ],
)
def test_a_wrong_file_is_refused(right: str, wrong: str) -> None:
    with pytest.raises(TopicError, match=r"a\.events"):
        read_topics(GOOD.replace(right, wrong))
