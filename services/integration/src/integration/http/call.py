"""A call of this service."""

from kairos_chassis.http.call import Call

from integration.deps import Deps


class IntegrationCall(Call):
    """A request with this service's dependencies."""

    deps: Deps
