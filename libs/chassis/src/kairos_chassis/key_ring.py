"""Keys that wrap patients' keys. They are never in the database, nor in its backups.

A ring has one current key and those before it that still wrap something. In production a ring is
a mounted secret, or stands behind a key service; here it is a file that its owner alone may read.
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

KEY_BYTES: Final = 32  # AES-256


class UnknownKeyError(LookupError):
    """The ring has no key of that name: it was retired, or the ring is not ours."""


class KeyRing(Protocol):
    """Wrapping keys by name."""

    @property
    def current(self) -> str:
        """The name of the key that wraps what is new."""

    @property
    def names(self) -> list[str]:
        """Every key there is, the oldest first."""

    def key(self, name: str) -> bytes:
        """A key. Raises UnknownKeyError."""


class FileKeyRing:
    """A ring in a JSON file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = -1
        self._current = ""
        self._keys: dict[str, bytes] = {}

    @classmethod
    def make(cls, path: Path) -> "FileKeyRing":
        """The ring of a path, with a first key if it has none: of two makers the faster wins."""
        ring = cls(path)
        if not path.exists():
            aside = cls(path.with_name(f"{path.name}.{os.getpid()}"))
            aside.add("first")
            with suppress(FileExistsError):
                os.link(aside._path, path)
            aside._path.unlink()
        return ring

    @property
    def current(self) -> str:
        """See `KeyRing`."""
        self._look()
        return self._current

    @property
    def names(self) -> list[str]:
        """Every key there is, the oldest first."""
        self._look()
        return list(self._keys)

    def key(self, name: str) -> bytes:
        """See `KeyRing`."""
        self._look()
        try:
            return self._keys[name]
        except KeyError:
            raise UnknownKeyError(name) from None

    def add(self, name: str) -> None:
        """Make a new key the current one. Raises ValueError for a name that is taken."""
        self._look()
        if name in self._keys:
            raise ValueError("the ring has a key of that name")
        self._write(name, {**self._keys, name: secrets.token_bytes(KEY_BYTES)})

    def retire(self, name: str) -> None:
        """Destroy a key: whatever only it can unwrap is gone, in every backup too.

        Raises ValueError for the current key, UnknownKeyError.
        """
        self.key(name)
        if name == self._current:
            raise ValueError("the current key wraps what is new; add another first")
        self._write(self._current, {n: k for n, k in self._keys.items() if n != name})

    def _look(self) -> None:
        if not self._path.exists():
            return
        seen = self._path.stat().st_mtime_ns
        if seen == self._seen:
            return
        document = json.loads(self._path.read_text())
        keys = {name: base64.b64decode(key) for name, key in document["keys"].items()}
        if any(len(key) != KEY_BYTES for key in keys.values()) or document["current"] not in keys:
            raise ValueError("the key ring is not as it should be")
        self._current, self._keys, self._seen = document["current"], keys, seen

    def _write(self, current: str, keys: dict[str, bytes]) -> None:
        shown = {name: base64.b64encode(key).decode() for name, key in keys.items()}
        text = json.dumps({"current": current, "keys": shown}, indent=1)
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self._current, self._keys, self._seen = current, keys, self._path.stat().st_mtime_ns
