"""Merkle trees over entries. Source: RFC 9162, section 2.1 (Certificate Transparency)."""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
_LEAF, _NODE = b"\x00", b"\x01"  # so that no entry can pose as a pair of hashes


def leaf(content: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(_LEAF + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash that stands for all of them, in this order. Raises ValueError for none."""
    if not leaves:
        raise ValueError("a tree has at least one leaf")
    level = list(leaves)
    while len(level) > 1:
        # Pairs from the left; an odd one rises as it is, which is the RFC's tree.
        pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """The hashes that lead from one leaf to the root, each with the side it stands on."""
    level, found = list(leaves), []
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            found.append(("left" if other < index else "right", level[other]))
        pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level, index = pairs + level[len(pairs) * 2 :], index // 2
    return found


def follow(one: bytes, steps: Sequence[tuple[str, bytes]]) -> bytes:
    """The root that a leaf and its path lead to."""
    for side, other in steps:
        one = _node(other, one) if side == "left" else _node(one, other)
    return one


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
