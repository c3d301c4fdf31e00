"""A call of this service."""

from kairos_chassis.http.call import Call

from scheduling.deps import Deps


class SchedulingCall(Call):
    """A request with this service's dependencies."""

    deps: Deps
