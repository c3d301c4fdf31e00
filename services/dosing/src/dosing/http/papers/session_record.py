"""A session's record as it is printed. It names nobody: ids only, as everywhere in this service."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from dosing.domain.adverse_event import AdverseEvent
from dosing.domain.dose import GivenDose
from dosing.domain.infusion import Infusion
from dosing.domain.ledger import Entry
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.session import Move, Session
from dosing.http.papers.chart import monitoring_chart
from dosing.http.papers.session_drug import Section, at, drug, effects, leaving, watch
from dosing.http.papers.table import grid, heading, printed, words
from dosing.store.alerts import Answered
from dosing.store.corrections import Correction
from dosing.store.departures import Departure, Overridden
from dosing.store.monitors import Assignment
from dosing.store.notes import Note, NotGiven

_LATE = 15  # minutes after which an entry is marked late


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything that is printed."""

    session: Session
    moves: Sequence[Move]
    order: Order | None
    given: Sequence[GivenDose]
    infusions: Sequence[Infusion]
    not_given: Sequence[NotGiven]
    seen: Sequence[Observation]
    corrections: Sequence[Correction]
    alerts: Sequence[Answered]
    events: Sequence[AdverseEvent]
    notes: Sequence[Note]
    entries: Sequence[Entry]
    watchers: Sequence[Assignment]
    overrides: Sequence[Overridden]
    departure: Departure | None


def pdf_of_record(record: Record) -> bytes:
    """The record on paper, with the monitoring chart drawn."""
    session = record.session
    parts: list[Flowable] = [
        *words(
            [
                f"Session {session.id}   Patient {session.patient_id}   Site {session.site_id}",
                f"Route {session.route}   Protocol {session.protocol_code} version "
                f"{session.protocol_version}   State {session.state.value}",
            ]
        ),
        heading("Monitoring"),
        monitoring_chart([o for o in record.seen if o.minutes_since_first_dose is not None]),
        _observations(record.seen),
        heading("Given"),
        *words(_order_lines(record.order)),
        grid(
            ("at", "recorded", "mg", "by", "confirmation", "clearance version"),
            [
                (
                    at(d.administered_at),
                    at(d.recorded_at),
                    f"{d.amount_mg:f}",
                    str(d.administered_by),
                    str(d.confirmation_id),
                    str(d.clearance_version),
                )
                for d in record.given
            ],
        ),
        *_infusions(record.infusions),
        *_rest(record),
    ]
    return printed("Dosing session record", parts)


def _observations(seen: Sequence[Observation]) -> Flowable:
    head = ("min", "observed", "BP", "HR", "RR", "SpO2", "MOAA/S", "CADSS-6", "Aldrete", "by", "")
    rows = []
    for one in seen:
        r, late = one.readings, one.late_by.total_seconds() // 60
        pressure = "" if r.systolic_mmhg is None else f"{r.systolic_mmhg}/{r.diastolic_mmhg}"
        marks = [f"late entry, {late:.0f} min"] if late >= _LATE else []
        marks += [f"corrected, version {one.version}"] if one.version > 1 else []
        values = (r.heart_rate_bpm, r.respiratory_rate_bpm, r.spo2_percent, r.moaas, r.cadss6)
        total = None if r.aldrete is None else r.aldrete.total
        minute = one.minutes_since_first_dose
        rows.append(
            (
                "-" if minute is None else str(minute),
                at(one.observed_at),
                pressure,
                *tuple("" if value is None else str(value) for value in (*values, total)),
                str(one.recorded_by)[:8],
                "; ".join(marks),
            )
        )
    return grid(head, rows)


def _order_lines(order: Order | None) -> list[str]:
    if order is None:
        return ["No order."]
    volume = f"{order.ml} mL" if order.ml is not None else f"{order.units} units"
    lines = [
        f"Ordered {order.mg:f} mg = {order.mg_per_kg:f} mg/kg = {volume} of {order.product} "
        f"by {order.prescribed_by} at {at(order.ordered_at)}."
    ]
    if order.soft_stops:
        lines.append(f"Soft stops {', '.join(order.soft_stops)}: {order.soft_stop_reason}")
    return lines


def _infusions(found: Sequence[Infusion]) -> list[Flowable]:
    parts: list[Flowable] = []
    for one in found:
        rows = [
            (
                at(e.occurred_at),
                e.kind.value,
                _plain(e.rate_ml_per_h),
                _plain(e.volume_ml),
                e.cause,
            )
            for e in one.events
        ]
        parts += [heading("Infusion"), grid(("at", "act", "mL/h", "mL so far", "cause"), rows)]
    return parts


def _rest(record: Record) -> list[Flowable]:
    parts: list[Flowable] = []
    sections = (
        drug(record.entries),
        watch(record.watchers),
        effects(record.seen),
        *_events(record),
        *leaving(record.overrides, record.departure),
        *_writing(record),
    )
    for title, head, rows in sections:
        if rows:
            parts += [heading(title), grid(head, rows)]
    return parts


def _events(record: Record) -> list[Section]:
    not_given = [(at(n.occurred_at), f"{n.amount_mg:f}", n.reason) for n in record.not_given]
    alerts = [
        (
            at(a.alert.raised_at),
            a.alert.code,
            a.alert.severity.value,
            "" if a.action is None else a.action.value,
        )
        for a in record.alerts
    ]
    events = [(at(e.onset_at), e.code, e.grade.value, e.outcome.value) for e in record.events]
    return [
        ("Not given", ("at", "mg", "reason"), [*not_given]),
        ("Alerts", ("raised", "code", "severity", "action"), [*alerts]),
        ("Adverse events", ("onset", "code", "grade", "outcome"), [*events]),
    ]


def _writing(record: Record) -> list[Section]:
    notes = [(at(n.occurred_at), at(n.recorded_at), n.kind, n.body) for n in record.notes]
    corrections = [
        (
            at(c.recorded_at),
            str(c.observation_id),
            str(c.version),
            c.reason,
            str(c.corrected_by),
        )
        for c in record.corrections
    ]
    moves = [
        (at(m.at), m.after.value, m.cause, "" if m.by is None else str(m.by)) for m in record.moves
    ]
    head = ("recorded", "observation", "version", "reason", "by")
    return [
        ("Notes", ("occurred", "recorded", "kind", "text"), [*notes]),
        ("Corrections", head, [*corrections]),
        ("Moves", ("at", "to", "cause", "by"), [*moves]),
    ]


def _plain(value: object) -> str:
    return "" if value is None else str(value)
