"""Hashes find what is sealed, in their network alone, and are worth nothing without their key."""

from pathlib import Path
from uuid import uuid4

import pytest
from kairos_chassis.blind_index import TOKEN_BYTES, BlindIndex
from kairos_chassis.key_ring import FileKeyRing, UnknownKeyError

DANA = ("name", "dana")


@pytest.fixture
def ring(tmp_path: Path) -> FileKeyRing:
    made = FileKeyRing(tmp_path / "ring.json")
    made.add("first")
    return made


def test_same_word_has_the_same_hash_in_its_network_only(ring: FileKeyRing) -> None:
    here, there = BlindIndex(ring, uuid4()), BlindIndex(ring, uuid4())
    (token,) = here.tokens([DANA, DANA], "first")
    assert len(token) == TOKEN_BYTES
    assert here.sought(DANA) == [token]
    assert there.sought(DANA) != [token]
    assert here.sought(("begins", "dana")) != [token]
    assert here.sought(("name", "dane")) != [token]


def test_what_is_sought_is_sought_under_every_key_and_written_under_the_current(
    ring: FileKeyRing,
) -> None:
    index = BlindIndex(ring, uuid4())
    (before,) = index.sought(DANA)
    ring.add("second")
    assert index.current == "second"
    assert index.sought(DANA) == [before, *index.tokens([DANA], "second")]
    ring.retire("first")
    assert before not in index.sought(DANA)
    with pytest.raises(UnknownKeyError):
        index.tokens([DANA], "first")
