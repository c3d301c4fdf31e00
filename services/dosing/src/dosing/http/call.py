"""A call of this service."""

from kairos_chassis.http.call import Call

from dosing.deps import Deps


class DosingCall(Call):
    """A request with this service's dependencies."""

    deps: Deps
