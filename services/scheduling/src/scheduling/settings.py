"""Settings of this service, beyond what every service has."""

from pathlib import Path

from kairos_chassis.settings import ServeSettings
from pydantic import Field, SecretStr


class SchedulingSettings(ServeSettings):
    """See `ServeSettings`."""

    # How hard the solver tries for each plan of a course, in its own measure: about seconds on a
    # core of its own, and the same plan on any machine.
    course_effort: float = Field(default=0.4, gt=0, le=30)
    # Reminders go out by this mail server; without one they are lines in the log.
    # What is said to it is sealed by STARTTLS, and its certificate checked against the authorities
    # that the system trusts or those in `smtp_ca_file`, unless it is on this machine.
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_from: str = "no-reply@localhost"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_ca_file: Path | None = None
