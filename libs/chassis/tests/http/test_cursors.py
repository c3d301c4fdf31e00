"""A cursor continues its own list in its own network, and nothing else."""

import base64
from uuid import uuid4

import pytest
from kairos_chassis.errors import Refusal
from kairos_chassis.http.cursors import Cursors

CURSORS = Cursors(b"k" * 32)
NETWORK = uuid4()


def test_position_comes_back() -> None:
    cursor = CURSORS.make("episodes", NETWORK, ["2027-03-01", "id"])
    assert CURSORS.read("episodes", NETWORK, cursor) == ["2027-03-01", "id"]


@pytest.mark.parametrize("case", ["list", "network", "key", "tampered", "junk", "huge", "unicode"])
def test_cursor_from_elsewhere_is_refused(case: str) -> None:
    cursor = CURSORS.make("episodes", NETWORK, ["2027-03-01", "id"])
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[-3] ^= 1
    tampered = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    listing = "other" if case == "list" else "episodes"
    network = uuid4() if case == "network" else NETWORK
    reader = Cursors(b"z" * 32) if case == "key" else CURSORS
    given = {"tampered": tampered, "junk": "%%%", "huge": "A" * 5000, "unicode": "é"}
    with pytest.raises(Refusal):
        reader.read(listing, network, given.get(case, cursor))
