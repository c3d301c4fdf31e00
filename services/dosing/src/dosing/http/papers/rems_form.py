"""The REMS monitoring form on paper, to be completed by hand and faxed."""

from typing import Any

from dosing.http.papers import table
from dosing.store.rems import Form

_BY_HAND = (
    "Patient's name: ____________________  Date of birth: ____________  Sex: ________",
    "Monitoring clinician's name, telephone, e-mail: ______________________________",
)


def pdf_of_form(form: Form) -> bytes:
    """Every answer that the record holds; who it is about is written in by hand."""
    lines = [
        f"Edition {form.form_version}, version {form.version}. Due {form.due_at:%Y-%m-%d %H:%MZ}.",
        *_BY_HAND,
    ]
    rows = [(name.replace("_", " "), _plain(value)) for name, value in form.content.items()]
    parts = [*table.words(lines), table.grid(("question", "answer"), rows, 260)]
    return table.printed("SPRAVATO REMS Patient Monitoring Form", parts)


def _plain(value: Any) -> str:
    if value is None:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " / ".join(_plain(one) for one in value) or "none"
    return str(value)
