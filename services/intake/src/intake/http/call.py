"""A call of this service."""

from kairos_chassis.http.call import Call

from intake.deps import Deps


class IntakeCall(Call):
    """A request with this service's dependencies."""

    deps: Deps
