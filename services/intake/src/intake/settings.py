"""Settings of this service, beyond what every service has: none so far."""

from kairos_chassis.settings import ServeSettings


class IntakeSettings(ServeSettings):
    """See `ServeSettings`."""
