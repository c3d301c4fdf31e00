"""Kinds of text in requests, each with its bounds."""

from typing import Annotated

from kairos_chassis.http.schemas import known_zone
from pydantic import AfterValidator, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
"""BCP 47: language, script, region."""
Zone = Annotated[str, AfterValidator(known_zone)]
"""An IANA time zone."""
Note = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
"""Words of a clinician. They never leave this service."""
