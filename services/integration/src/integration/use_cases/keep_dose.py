"""Keep a dose that dosing has charted: a read model, which can be made again from the bus."""

from kairos_chassis.db import Transaction

from integration.domain.dose import Dose
from integration.store import doses


async def keep_dose(dose: Dose, tx: Transaction) -> bool:
    """Keep the dose and do nothing else. Returns whether it was new."""
    if await doses.known(tx, dose.id):
        return False
    doses.doses.add(tx, dose)
    return True
