"""A time zone, as taken."""

from typing import Annotated

from kairos_chassis.http.schemas import known_zone
from kairos_events.fields import ZoneName
from pydantic import AfterValidator

Zone = Annotated[ZoneName, AfterValidator(known_zone)]
