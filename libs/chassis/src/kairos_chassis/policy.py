"""Who may do what: every route names one policy, and what no policy allows is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.errors import Kind, Refusal

Role = Literal[
    "prescriber",
    "nurse",
    "therapist",
    "front_desk",
    "medical_director",
    "pharmacist",
    "ops_admin",
    "privacy_officer",
    "patient",
    "service",
]
Purpose = Literal["TREAT", "HOPERAT", "ETREAT", "PATRQT"]  # HL7 ActReason codes


# `care_team_afterwards`: once the work is over. While it goes on, whoever is there has to see it.
Relation = Literal["care_team", "care_team_afterwards"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """An action, the roles that may take it, and the purpose it is audited under.

    `sealed` reads are never opened by breaking the glass: psychotherapy notes, a patient's journal.
    `services` are those of ours that may take it, `alone` where they need not act for anybody.
    `scope` is what a partner's program needs (SMART, `system/Observation.rs`); None: no partner.
    `relation` is what the caller has to be to the patient, beside having the role.
    `whoever` says why a read of one patient's things needs no relation: one of the two it has.
    """

    action: str
    roles: frozenset[Role]
    purpose: Purpose = "TREAT"
    sealed: bool = False
    services: frozenset[str] = frozenset()
    alone: bool = False
    scope: str | None = None
    relation: Relation | None = None
    whoever: str | None = None

    def admit(self, caller: Caller) -> None:
        """Let the caller pass. Raises Refusal (403) otherwise."""
        if caller.scopes is not None:
            admitted = self.scope is not None and covers(caller.scopes, self.scope)
        elif caller.is_service:
            admitted = caller.service in self.services
        else:
            admitted = not self.roles.isdisjoint(caller.roles)
        if not admitted:
            raise Refusal("not_permitted", Kind.FORBIDDEN, "Your role does not permit this action.")
        if caller.is_service and caller.acting_for is None and not self.alone:
            message = "A service names the user it acts for in Kairos-Acting-For."
            raise Refusal("acting_for_required", Kind.MALFORMED, message)


def policy(
    action: str,
    *roles: Role,
    purpose: Purpose = "TREAT",
    sealed: bool = False,
    services: Iterable[str] = (),
    alone: bool = False,
    scope: str | None = None,
    relation: Relation | None = None,
    whoever: str | None = None,
) -> Policy:
    """`policy("dose.administer", "nurse", "prescriber")`.

    Raises ValueError for the role of a service: say which services, so that no other may; and for
    a relation beside a reason why there is none.
    """
    if "service" in roles:
        raise ValueError(f"{action}: name the services that may, not their role")
    if relation is not None and whoever is not None:
        raise ValueError(f"{action}: either a relation is needed, or whoever has the role may")
    named = frozenset(services)
    found: frozenset[Role] = frozenset({*roles, "service"} if named else roles)
    return Policy(
        action=action,
        roles=found,
        purpose=purpose,
        sealed=sealed,
        services=named,
        alone=alone,
        scope=scope,
        relation=relation,
        whoever=whoever,
    )


def covers(held: Iterable[str], needed: str) -> bool:
    """Whether scopes of SMART's grammar (`system/Observation.rs`) include the one needed."""
    context, resource, verbs = _parts(needed)
    return any(
        (have[0] == context and have[1] in (resource, "*") and set(verbs) <= set(have[2]))
        for have in map(_parts, held)
    )


def _parts(scope: str) -> tuple[str, str, str]:
    context, _, rest = scope.partition("/")
    resource, _, verbs = rest.partition(".")
    return context, resource, verbs


def admit_patient(caller: Caller, patient_id: UUID, otherwise: Exception | None = None) -> None:
    """Let a patient reach only what is theirs; staff pass.

    Raises `otherwise`, the error of a missing one, so that nobody can tell the two apart;
    Refusal (404) where none is given.
    """
    if caller.patient_id is not None and caller.patient_id != patient_id:
        raise otherwise or Refusal("not_found", Kind.NOT_FOUND, "There is no such resource.")


def admit_site(caller: Caller, site_id: UUID) -> None:
    """Let the caller work at this site. Raises Refusal (403) otherwise."""
    if caller.sites is not None and site_id not in caller.sites:
        raise Refusal("not_your_site", Kind.FORBIDDEN, "Your access does not include this site.")
