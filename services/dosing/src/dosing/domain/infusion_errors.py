"""What is refused of infusions."""

from kairos_chassis.errors import Kind


class InfusionNotFound(Exception):
    """There is no such infusion."""

    slug = "infusion_not_found"
    kind = Kind.NOT_FOUND


class InfusionOver(Exception):
    """The infusion has ended."""

    slug = "infusion_over"
    kind = Kind.CONFLICT


class InfusionPaused(Exception):
    """The infusion is paused. Resume or stop it."""

    slug = "infusion_paused"
    kind = Kind.CONFLICT


class InfusionRunning(Exception):
    """The infusion is running."""

    slug = "infusion_running"
    kind = Kind.CONFLICT


class RateTooHigh(Exception):
    """That is faster than ordered. A faster infusion is another order."""

    slug = "rate_too_high"
    kind = Kind.REFUSED


class DrugStopped(Exception):
    """No more drug is given in this session."""

    slug = "drug_stopped"
    kind = Kind.REFUSED
