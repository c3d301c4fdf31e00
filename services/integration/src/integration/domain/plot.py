"""Plots as SVG, drawn without a library: a line of scores over days, and bars of groups.

What is drawn is numbers and codes; nothing a patient or a therapist wrote.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 640, 280, 40
_DAY = timedelta(days=1)


def trend(
    title: str,
    points: Sequence[tuple[datetime, Decimal]],
    doses: Sequence[datetime],
    maximum: Decimal,
) -> bytes:
    """Scores over time; each dose is a dashed line. `maximum` is the top of the scale."""
    moments = [at for at, _ in points] + list(doses)
    if not moments:
        return _svg(title, [])
    first, last = min(moments), max(moments)
    span = max(last - first, _DAY)

    def x(at: datetime) -> Decimal:
        return MARGIN + (WIDTH - 2 * MARGIN) * Decimal((at - first) // _SECOND) / (span // _SECOND)

    def y(score: Decimal) -> Decimal:
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * score / maximum

    drawn = [_line(x(at), y(maximum), x(at), y(Decimal()), "dose") for at in doses]
    path = " ".join(f"{_n(x(at))},{_n(y(score))}" for at, score in points)
    drawn.append(f'<polyline class="scores" points="{path}"/>')
    for at, score in points:
        day = (at - first) // _DAY
        drawn.append(f'<circle cx="{_n(x(at))}" cy="{_n(y(score))}" r="3"/>')
        drawn.append(_text(x(at), y(score) - 8, f"{score:f}"))
        drawn.append(_text(x(at), HEIGHT - MARGIN + Decimal(16), f"day {day}"))
    return _svg(title, drawn)


def bars(title: str, rows: Sequence[tuple[str, Decimal | None]], maximum: Decimal) -> bytes:
    """One bar a group; a group without a figure has a word instead."""
    drawn = []
    step = Decimal(HEIGHT - 2 * MARGIN) / max(len(rows), 1)
    room = Decimal(WIDTH - 5 * MARGIN)
    for number, (name, value) in enumerate(rows):
        top = MARGIN + step * number
        drawn.append(_text(Decimal(2 * MARGIN), top + step / 2, name))
        if value is None:
            drawn.append(_text(Decimal(5 * MARGIN), top + step / 2, "too few to show"))
            continue
        width = room * min(value, maximum) / maximum
        size = f'width="{_n(width)}" height="{_n(step * 7 / 10)}"'
        drawn.append(f'<rect x="{4 * MARGIN}" y="{_n(top)}" {size}/>')
        drawn.append(_text(4 * MARGIN + width + 24, top + step / 2, f"{value:f} %"))
    return _svg(title, drawn)


_SECOND = timedelta(seconds=1)
_STYLE = (
    "text{font:11px sans-serif;text-anchor:middle;fill:#222}"
    ".scores{fill:none;stroke:#0b5cad;stroke-width:2}circle,rect{fill:#0b5cad}"
    ".dose{stroke:#a33;stroke-dasharray:4 3}.axis{stroke:#666}"
)


def _svg(title: str, drawn: Iterable[str]) -> bytes:
    base = HEIGHT - MARGIN
    axis = _line(Decimal(MARGIN), Decimal(base), Decimal(WIDTH - MARGIN), Decimal(base), "axis")
    inner = "".join([axis, *drawn, _text(Decimal(WIDTH) / 2, Decimal(18), title)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>{inner}</svg>"
    ).encode()


def _line(x1: Decimal, y1: Decimal, x2: Decimal, y2: Decimal, kind: str) -> str:
    return f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _text(x: Decimal, y: Decimal, words: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}">{escape(words)}</text>'


def _n(value: Decimal | int) -> str:
    return f"{Decimal(value):.1f}"
