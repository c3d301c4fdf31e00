"""An audience that says nothing; for tests."""

from __future__ import annotations

from kairos_cli.demo.stage import Step


class Silent:
    """Watches and says nothing."""

    def scene(self, title: str) -> None:
        """A heading."""

    def begins(self, step: Step) -> None:
        """A step begins."""

    def ends(self, step: Step) -> None:
        """A step has ended."""
