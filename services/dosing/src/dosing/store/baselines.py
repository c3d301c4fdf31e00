"""What was asked before a dose, as a document and back."""

from datetime import date, datetime
from typing import Any

from dosing.domain.baseline import Baseline, Pregnancy, SuicideScreen


def document_of(said: Baseline) -> dict[str, Any]:
    """As it is kept."""
    drunk, tested = said.last_alcohol_at, said.pregnancy_tested_on
    return {
        "last_solids_at": said.last_solids_at.isoformat(),
        "last_fluids_at": said.last_fluids_at.isoformat(),
        "medications": {kind: at.isoformat() for kind, at in said.medications.items()},
        "last_alcohol_at": None if drunk is None else drunk.isoformat(),
        "intoxicated": said.intoxicated,
        "acute_change": said.acute_change,
        "pregnancy": said.pregnancy.value,
        "pregnancy_tested_on": None if tested is None else tested.isoformat(),
        "suicide_screen": said.suicide_screen.value,
    }


def of_document(kept: dict[str, Any]) -> Baseline:
    """As the domain holds it."""
    drunk, tested = kept["last_alcohol_at"], kept["pregnancy_tested_on"]
    return Baseline(
        last_solids_at=datetime.fromisoformat(kept["last_solids_at"]),
        last_fluids_at=datetime.fromisoformat(kept["last_fluids_at"]),
        medications={kind: datetime.fromisoformat(at) for kind, at in kept["medications"].items()},
        last_alcohol_at=None if drunk is None else datetime.fromisoformat(drunk),
        intoxicated=kept["intoxicated"],
        acute_change=kept["acute_change"],
        pregnancy=Pregnancy(kept["pregnancy"]),
        pregnancy_tested_on=None if tested is None else date.fromisoformat(tested),
        suicide_screen=SuicideScreen(kept["suicide_screen"]),
    )
