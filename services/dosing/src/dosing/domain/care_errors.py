"""What is refused while a patient is dosed and watched."""

from kairos_chassis.errors import Kind


class GlassNotFound(Exception):
    """There is no such decision to break the glass."""

    slug = "break_glass_not_found"
    kind = Kind.NOT_FOUND


class GlassConfirmed(Exception):
    """A second clinician has agreed before."""

    slug = "break_glass_confirmed"
    kind = Kind.CONFLICT


class GlassUsed(Exception):
    """A dose was given by this decision before. Each is good for one."""

    slug = "break_glass_used"
    kind = Kind.CONFLICT


class PrescriberNeeded(Exception):
    """One of the two has to be a prescriber."""

    slug = "prescriber_needed"
    kind = Kind.REFUSED


class AlertNotFound(Exception):
    """There is no such alert."""

    slug = "alert_not_found"
    kind = Kind.NOT_FOUND


class AlertAcknowledged(Exception):
    """Somebody has acknowledged this alert before."""

    slug = "alert_acknowledged"
    kind = Kind.CONFLICT


class NotWatched(Exception):
    """Nobody is watched in this session: no drug was given, or it has ended."""

    slug = "not_watched"
    kind = Kind.CONFLICT


class MonitorChanged(Exception):
    """Somebody else watches by now. Read the session again."""

    slug = "monitor_changed"
    kind = Kind.CONFLICT


class NotOneToOne(Exception):
    """A patient at a first dose is watched by somebody who watches nobody else."""

    slug = "monitor_not_one_to_one"
    kind = Kind.REFUSED


class TooManyPatients(Exception):
    """You would watch more patients than one person may."""

    slug = "monitor_ratio_exceeded"
    kind = Kind.REFUSED


class ObservationNotFound(Exception):
    """There is no such observation."""

    slug = "observation_not_found"
    kind = Kind.NOT_FOUND


class NotOverridable(Exception):
    """This criterion cannot be overridden by anybody."""

    slug = "criterion_not_overridable"
    kind = Kind.REFUSED


class RisksNotExplained(Exception):
    """Explain the risks of leaving now before the patient goes."""

    slug = "risks_not_explained"
    kind = Kind.REFUSED


class DepartureUnneeded(Exception):
    """Every criterion holds: discharge the patient."""

    slug = "departure_unneeded"
    kind = Kind.CONFLICT


class AdverseEventNotFound(Exception):
    """There is no such adverse event."""

    slug = "adverse_event_not_found"
    kind = Kind.NOT_FOUND


class FormNotFound(Exception):
    """There is no such monitoring form."""

    slug = "rems_form_not_found"
    kind = Kind.NOT_FOUND


class FormSubmitted(Exception):
    """This form was submitted before."""

    slug = "rems_form_submitted"
    kind = Kind.CONFLICT


class NotOfRems(Exception):
    """This session is not under the REMS, or it has not ended."""

    slug = "not_of_rems"
    kind = Kind.CONFLICT


class SignalNotFound(Exception):
    """There is no such signal."""

    slug = "signal_not_found"
    kind = Kind.NOT_FOUND


class SignalReviewed(Exception):
    """This signal was reviewed before."""

    slug = "signal_reviewed"
    kind = Kind.CONFLICT


class ProtocolNotSigned(Exception):
    """No medical director has signed exactly this version."""

    slug = "protocol_not_signed"
    kind = Kind.REFUSED


class ProtocolUnsound(Exception):
    """The protocol contradicts itself, lacks a source, or fails its own examples."""

    slug = "protocol_unsound"
    kind = Kind.INVALID

    def __init__(self, faults: list[str]) -> None:
        super().__init__()
        self.members = {"rules": faults}


class ProtocolExists(Exception):
    """There is such a version already. Another figure is another version."""

    slug = "protocol_exists"
    kind = Kind.CONFLICT


class SubjectUnclear(Exception):
    """A signal is about a patient or about a member of staff: name one of the two."""

    slug = "subject_unclear"
    kind = Kind.INVALID


class PatientNotFound(Exception):
    """There is no such patient here."""

    slug = "patient_not_found"
    kind = Kind.NOT_FOUND
