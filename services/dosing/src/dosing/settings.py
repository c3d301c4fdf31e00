"""Settings of this service, beyond what every service has."""

from pathlib import Path

from kairos_chassis.settings import ServeSettings
from pydantic import Field, HttpUrl


class DosingSettings(ServeSettings):
    """See `ServeSettings`; beside those, where intake is and who we are to it."""

    intake_url: HttpUrl
    service_token_file: Path
    intake_timeout_seconds: float = Field(default=2.0, gt=0, le=10)
