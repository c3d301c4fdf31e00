"""By whose word a dose is given: intake's confirmation, or two clinicians' against a projection."""

from collections.abc import Sequence

from dosing.domain import gate
from dosing.domain.clearance import Answer, Confirmed, NotCleared, Unreachable
from dosing.domain.errors import AdministrationRefused, IntakeUnreachable


def refuse_failing(facts: gate.Facts, answer: Answer) -> None:
    """Raises AdministrationRefused or IntakeUnreachable with every rule that fails."""
    rules = gate.failing(facts)
    if not rules:
        return
    if "intake_unreachable" in rules:
        raise IntakeUnreachable(rules)
    reasons: Sequence[str] = answer.reasons if isinstance(answer, NotCleared) else ()
    raise AdministrationRefused(rules, reasons)


def word_of(facts: gate.Facts) -> Confirmed:
    """What the dose is given on. Where the glass was broken it is named by that decision."""
    if isinstance(facts.answer, Confirmed):
        return facts.answer
    # The gate has just refused everything else.
    assert isinstance(facts.answer, Unreachable)
    assert facts.glass is not None
    return Confirmed(
        confirmation_id=facts.glass.id,
        version=facts.known.version,
        extra_monitoring=tuple(sorted(facts.extra_monitoring)),
        valid_until=facts.now,
    )
