"""One question in Kafka's own protocol: are you serving, and which cluster are you?

Synchronous and without a client library, so that whoever supervises a broker can ask between other
things. A port that merely accepts connections is not an answer: Kafka accepts before it serves.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from kairos_local.ports import LOOPBACK

_METADATA = 3  # api key
_VERSION = 2  # the first to carry the cluster id
_CORRELATION = 7
_ANSWER_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a serving broker says of itself."""

    cluster_id: str


def probe(port: int, *, timeout_s: float = 1.0) -> Cluster | None:
    """The cluster served on this port of the loopback interface, None if none is (yet).

    Source: Kafka protocol guide, Metadata request and response, version 2.
    """
    body = struct.pack(">hhihi", _METADATA, _VERSION, _CORRELATION, -1, 0)  # no client id, no topic
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            (length,) = struct.unpack(">i", _exactly(connection, 4))
            if not 0 < length < _ANSWER_LIMIT_BYTES:
                return None
            return _read(_exactly(connection, length))
    except (OSError, EOFError, struct.error, UnicodeDecodeError):
        return None


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise EOFError
        received += piece
    return received


def _read(answer: bytes) -> Cluster | None:
    correlation, brokers = struct.unpack_from(">ii", answer)
    if correlation != _CORRELATION or brokers < 1:
        return None
    at = 8
    for _ in range(brokers):
        _, at = _text(answer, at + 4)  # node id, then host
        _, at = _text(answer, at + 4)  # port, then rack
    cluster_id, _ = _text(answer, at)
    return Cluster(cluster_id) if cluster_id else None


def _text(answer: bytes, at: int) -> tuple[str, int]:
    """A nullable string at this place ("" for null), and the place after it."""
    (length,) = struct.unpack_from(">h", answer, at)
    end = at + 2 + max(length, 0)
    return answer[at + 2 : end].decode(), end
