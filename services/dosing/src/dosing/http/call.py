"""A call of this service."""

from uuid import UUID

from kairos_chassis.http.call import Call
from kairos_chassis.policy import admit_site

from dosing.deps import Deps


class DosingCall(Call):
    """A request with this service's dependencies."""

    deps: Deps

    def sites(self, site_id: UUID | None) -> list[UUID] | None:
        """The sites a list is about: the one asked for, else all the caller has access to.

        None means every site of the network. Raises Refusal (403) for a site out of reach.
        """
        if site_id is not None:
            admit_site(self.caller, site_id)
            return [site_id]
        return None if self.caller.sites is None else sorted(self.caller.sites)
