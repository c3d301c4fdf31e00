"""Who may do what: every route names one policy, and what no policy allows is refused."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """An action, the roles that may take it, and the purpose it is audited under.

    `sealed` reads are never opened by breaking the glass: psychotherapy notes, a patient's journal.
    """

    action: str
    roles: frozenset[Role]
    purpose: Purpose = "TREAT"
    sealed: bool = False

    def admit(self, caller: Caller) -> None:
        """Let the caller pass. Raises Refusal (403) otherwise."""
        if self.roles.isdisjoint(caller.roles):
            raise Refusal("not_permitted", Kind.FORBIDDEN, "Your role does not permit this action.")


def policy(action: str, *roles: Role, purpose: Purpose = "TREAT", sealed: bool = False) -> Policy:
    """`policy("dose.administer", "nurse", "prescriber")`."""
    return Policy(action=action, roles=frozenset(roles), purpose=purpose, sealed=sealed)


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
