"""The monitoring chart: blood pressure, pulse, saturation and sedation over the minutes."""

from collections.abc import Sequence

from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib import colors

from dosing.domain.observation import Observation

_SIGNS = (
    ("systolic_mmhg", "systolic mmHg", colors.firebrick),
    ("diastolic_mmhg", "diastolic mmHg", colors.indianred),
    ("heart_rate_bpm", "pulse /min", colors.darkgreen),
    ("spo2_percent", "SpO2 %", colors.navy),
    ("moaas", "MOAA/S x10", colors.darkorange),
)
_TENFOLD = {"moaas": 10}  # 0 to 5 would lie on the axis


def monitoring_chart(seen: Sequence[Observation]) -> Drawing:
    """Each sign as a line with its points; a sign that was never taken has none."""
    drawing = Drawing(520, 240)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 40, 30, 340, 190
    lines, shown = [], []
    for sign, label, colour in _SIGNS:
        points = [
            (one.minutes_since_first_dose or 0, value * _TENFOLD.get(sign, 1))
            for one in seen
            if (value := getattr(one.readings, sign)) is not None
        ]
        if points:
            lines.append(points)
            shown.append((label, colour))
    if not lines:
        drawing.add(String(40, 120, "no readings"))
        return drawing
    plot.data = lines
    plot.xValueAxis.valueMin = 0
    plot.yValueAxis.valueMin = 0
    for place, (label, colour) in enumerate(shown):
        plot.lines[place].strokeColor = colour
        plot.lines[place].symbol = makeMarker("FilledCircle", size=3)  # type: ignore[no-untyped-call]
        drawing.add(String(395, 205 - 14 * place, label, fontSize=8, fillColor=colour))
    drawing.add(plot)
    drawing.add(String(160, 6, "minutes since the first dose", fontSize=8))
    return drawing
