"""Settings of this service, beyond what every service has."""

from kairos_chassis.settings import ServeSettings
from pydantic import Field


class SchedulingSettings(ServeSettings):
    """See `ServeSettings`."""

    # How hard the solver tries for each plan of a course, in its own measure: about seconds on a
    # core of its own, and the same plan on any machine.
    course_effort: float = Field(default=0.7, gt=0, le=30)
