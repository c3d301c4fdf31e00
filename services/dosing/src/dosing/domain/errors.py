"""What this service refuses, each with a slug and a kind."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class SessionNotFound(Exception):
    """There is no such session."""

    slug = "session_not_found"
    kind = Kind.NOT_FOUND


class OrderNotFound(Exception):
    """There is no such order."""

    slug = "order_not_found"
    kind = Kind.NOT_FOUND


class ContainerNotFound(Exception):
    """There is no such container."""

    slug = "container_not_found"
    kind = Kind.NOT_FOUND


class DrawNotFound(Exception):
    """There is no such draw."""

    slug = "draw_not_found"
    kind = Kind.NOT_FOUND


class WasteNotFound(Exception):
    """There is no such waste."""

    slug = "waste_not_found"
    kind = Kind.NOT_FOUND


class UnknownProduct(Exception):
    """The formulary has no such product for this route."""

    slug = "unknown_product"
    kind = Kind.INVALID


class NoProtocol(Exception):
    """No protocol is in force for this route, so no session can be opened."""

    slug = "no_protocol_for_route"
    kind = Kind.CONFLICT


class IllegalMove(Exception):
    """The session is not in a state that allows this."""

    slug = "illegal_move"
    kind = Kind.CONFLICT


class SessionOver(Exception):
    """The session has ended; nothing more is charted in it."""

    slug = "session_over"
    kind = Kind.CONFLICT


class OrderActive(Exception):
    """The session has an active order. Cancel it before placing another."""

    slug = "order_active"
    kind = Kind.CONFLICT


class OrderNotActive(Exception):
    """The order was cancelled, or the session has none."""

    slug = "order_not_active"
    kind = Kind.CONFLICT


class ImpossibleAmount(Exception):
    """An amount is above zero, with at most three decimals, in a unit that can be measured."""

    slug = "impossible_amount"
    kind = Kind.INVALID


class ImplausibleReading(Exception):
    """A reading is outside what is believable. Check the device and take it again."""

    slug = "implausible_reading"
    kind = Kind.INVALID

    def __init__(self, readings: Sequence[str]) -> None:
        super().__init__()
        self.members = {"readings": list(readings)}


class ImpossibleTime(Exception):
    """The stated time is ahead of the clock, too long ago, or before the session."""

    slug = "impossible_time"
    kind = Kind.INVALID


class SamePerson(Exception):
    """This takes a second person with a log-in of their own."""

    slug = "same_person"
    kind = Kind.REFUSED


class NotLicensed(Exception):
    """You hold no licence that allows this here today. Ask a licensed nurse or prescriber."""

    slug = "not_licensed"
    kind = Kind.REFUSED


class CheckDisagrees(Exception):
    """The check does not agree with the order. Stop, and compare the syringe with the order."""

    slug = "check_disagrees"
    kind = Kind.REFUSED


class WitnessDisagrees(Exception):
    """The witness saw another amount than was to be wasted. Clear it up before either signs."""

    slug = "witness_disagrees"
    kind = Kind.REFUSED


class ReturnAfterUse(Exception):
    """Drug was given from this draw. What is left of it is wasted, never returned."""

    slug = "return_after_use"
    kind = Kind.REFUSED


class DrugUnaccounted(Exception):
    """Drug drawn for this session is still in hand. Waste it with a witness, or return it."""

    slug = "drug_unaccounted"
    kind = Kind.CONFLICT


class AmountNotHeld(Exception):
    """That much of this draw is not in hand: it was given, wasted, returned or is spoken for."""

    slug = "amount_not_held"
    kind = Kind.CONFLICT


class WasteWitnessed(Exception):
    """This waste was witnessed before."""

    slug = "waste_witnessed"
    kind = Kind.CONFLICT


class NotOfProduct(Exception):
    """The container does not hold what the formulary says it holds."""

    slug = "not_of_product"
    kind = Kind.INVALID


class CommandRepeated(Exception):
    """This dose was charted by the same request before."""

    slug = "command_repeated"
    kind = Kind.CONFLICT


class _Refused(Exception):
    """A safety rule refuses."""

    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.rules = tuple(rules)
        self.members = {"rules": list(rules)}


class OrderRefused(_Refused):
    """The dose is outside what the protocol allows. Hard stops cannot be overridden."""

    slug = "order_refused"


class ReasonNeeded(_Refused):
    """The dose is above a soft stop. Give a reason, or lower it."""

    slug = "reason_needed"


class DrawRefused(_Refused):
    """The drug stays where it is: not everything holds that a draw needs."""

    slug = "draw_refused"


class DischargeRefused(_Refused):
    """The patient stays: not every criterion for discharge holds."""

    slug = "discharge_refused"


class AdministrationRefused(_Refused):
    """Do not give the dose: not every rule of the gate holds."""

    slug = "administration_refused"

    def __init__(self, rules: Sequence[str], clearance_reasons: Sequence[str] = ()) -> None:
        super().__init__(rules)
        self.members["clearance_reasons"] = list(clearance_reasons)


class IntakeUnreachable(_Refused):
    """Do not give the dose: clearance cannot be confirmed now. Try again in a moment."""

    slug = "intake_unreachable"
    kind = Kind.UNAVAILABLE
