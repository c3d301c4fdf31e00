"""What a patient is given in writing on leaving."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """One language of one version."""

    version: str
    language: str
    title: str
    lines: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of exactly this text."""
        return hashlib.sha256("\n".join((self.title, *self.lines)).encode()).hexdigest()
