"""Where the service's sealing keys come from. A provider is asked once, when the process starts.

One for a key management service is another class with `load`: it may reach out, since no
transaction is open then.
"""

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from integration.store.sealing import KEY_BYTES, KeyRing


class KeyProvider(Protocol):
    """Gives the keys that data keys are sealed with."""

    async def load(self) -> KeyRing:
        """The keys. Raises ValueError, OSError where there are none to be had."""


@dataclass(frozen=True, slots=True)
class FileKeyProvider:
    """A file `{"current": "1", "keys": {"1": "<base64 of 32 bytes>"}}` that its owner alone reads.

    To change the key, add another and make it current: what the old ones sealed still opens.
    """

    path: Path
    make: bool  # whether a missing file is made

    async def load(self) -> KeyRing:
        """The keys of the file. Raises OSError, ValueError, KeyError."""
        if self.make and not self.path.exists():
            self._write()
        if self.path.stat().st_mode & 0o077:
            raise ValueError("the file of sealing keys must be readable by its owner alone")
        document = json.loads(self.path.read_text())
        keys = {name: base64.b64decode(key) for name, key in document["keys"].items()}
        return KeyRing(document["current"], keys)

    def _write(self) -> None:
        key = base64.b64encode(os.urandom(KEY_BYTES)).decode()
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"current": "1", "keys": {"1": key}}, file)
        try:
            os.link(aside, self.path)  # whoever was faster has made the key
        except FileExistsError:
            pass
        finally:
            aside.unlink()


@dataclass(frozen=True, slots=True, repr=False)
class SecretKeyProvider:
    """One secret text, as an orchestrator hands it to a process; the key is derived from it."""

    secret: str

    async def load(self) -> KeyRing:
        """The one key."""
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"kairos sealing key 1")
        return KeyRing("secret-1", {"secret-1": derived.derive(self.secret.encode())})
