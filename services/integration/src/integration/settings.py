"""Settings of this service, beyond what every service has."""

from pathlib import Path
from typing import Self

from kairos_chassis.settings import Profile, ServeSettings
from pydantic import Field, SecretStr, model_validator


class IntegrationSettings(ServeSettings):
    """See `ServeSettings`; beside those, where private words are and what they are sealed with.

    `notes_database_url` is this service's database under the role that alone reaches psychotherapy
    notes. The sealing key is a file of keys, or one secret; the embedded profile makes the file.
    """

    notes_database_url: SecretStr
    sealing_key_file: Path | None = None
    sealing_key: SecretStr | None = Field(default=None, min_length=32)

    @model_validator(mode="after")
    def _one_key_is_named(self) -> Self:
        if (self.sealing_key_file is None) == (self.sealing_key is None):
            raise ValueError("name one of KAIROS_SEALING_KEY_FILE and KAIROS_SEALING_KEY")
        return self

    @property
    def may_make_the_key(self) -> bool:
        """A missing key is made on one machine only: elsewhere it is lost, and said so."""
        return self.profile is Profile.EMBEDDED
