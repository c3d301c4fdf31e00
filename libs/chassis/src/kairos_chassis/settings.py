"""Settings of a process, from the environment, checked before anything starts."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, HttpUrl, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kairos_chassis.clock import Clock, MovableClock, SystemClock

_ORIGIN = re.compile(
    r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?"
)


class Profile(StrEnum):
    """Where the process runs."""

    EMBEDDED = "embedded"
    PRODUCTION = "production"


class AnchorSettings(BaseSettings):
    """Where copies of the audit trail's checkpoints are kept: on a volume of its own."""

    model_config = SettingsConfigDict(env_prefix="KAIROS_", frozen=True, extra="ignore")

    audit_anchor_file: Path | None = None


class Settings(AnchorSettings):
    """What every service process needs. Each field is the variable KAIROS_<FIELD>."""

    profile: Profile = Profile.PRODUCTION
    database_url: SecretStr
    migration_database_url: SecretStr | None = None
    database_pool_size: PositiveInt = 10
    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_idempotence: bool = True
    outbox_keep_days: PositiveInt = 30  # then a day of the outbox moves to the archive
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8100, ge=1, le=65535)
    work_in_serve: bool = False
    token_issuer: str = ""
    token_audience: str = "kairos"  # noqa: S105 - an audience, no secret
    jwks_file: Path | None = None
    jwks_url: HttpUrl | None = None
    issuers_file: Path | None = None
    partners_file: Path | None = None  # partners' programs; needs the public address
    public_url: HttpUrl | None = None  # where this service is reached from outside
    care_team_required: bool = False  # whether nobody reads a patient whose team is not named
    rate_limit_per_minute: int = Field(default=1_200, ge=0)  # of one log-in; 0 for none
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    cursor_key: SecretStr = Field(default=SecretStr(""))
    key_ring_file: Path | None = None  # the keys that wrap patients' keys: needed in production
    clock: str = Field(default="system", pattern="^(system|movable)$")
    clock_file: Path | None = None
    otlp_endpoint: HttpUrl | None = None
    trace_ratio: float = Field(default=0.1, ge=0, le=1)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    body_limit_bytes: PositiveInt = 1_048_576
    shutdown_grace_seconds: PositiveInt = 10

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _exact_origins(cls, given: object) -> object:
        """Origins separated by commas, each exact: `*` would let any page read answers."""
        origins = given.split(",") if isinstance(given, str) else given
        if not isinstance(origins, list | tuple):
            raise ValueError("name origins, separated by commas")
        found = tuple(origin.strip() for origin in origins if origin.strip())
        if not all(_ORIGIN.fullmatch(origin) for origin in found):
            raise ValueError("an origin is https://host[:port], without a path or *")
        return found

    @model_validator(mode="after")
    def _clock_fits_profile(self) -> Self:
        """Time that can be moved would void every safety interval outside a demonstration."""
        if self.clock == "movable":
            if self.profile is not Profile.EMBEDDED:
                raise ValueError("KAIROS_CLOCK=movable is refused unless KAIROS_PROFILE=embedded")
            if self.clock_file is None:
                raise ValueError("KAIROS_CLOCK=movable needs KAIROS_CLOCK_FILE")
        return self

    def make_clock(self) -> Clock:
        """The clock these settings ask for."""
        if self.clock == "movable" and self.clock_file is not None:
            return MovableClock(self.clock_file)
        return SystemClock()


class ServeSettings(Settings):
    """What a process that answers HTTP needs on top: who may sign tokens and cursors."""

    token_issuer: str = Field(min_length=1)
    cursor_key: SecretStr = Field(min_length=32)

    @model_validator(mode="after")
    def _keys_are_named(self) -> Self:
        if (self.jwks_file is None) == (self.jwks_url is None):
            raise ValueError("name one of KAIROS_JWKS_FILE and KAIROS_JWKS_URL")
        insecure = self.jwks_url is not None and self.jwks_url.scheme != "https"
        if insecure and self.profile is Profile.PRODUCTION:
            raise ValueError("KAIROS_JWKS_URL must be https in production")
        if self.partners_file is not None and self.public_url is None:
            raise ValueError("KAIROS_PARTNERS_FILE needs KAIROS_PUBLIC_URL: assertions name it")
        if self.key_ring_file is None and self.profile is Profile.PRODUCTION:
            raise ValueError("KAIROS_KEY_RING_FILE is needed in production: words are sealed")
        return self
