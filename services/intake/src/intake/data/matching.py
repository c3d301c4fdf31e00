"""How alike two people's data are: by a kept library, with thresholds from the policy."""

from collections.abc import Iterable

from rapidfuzz import fuzz, utils

from intake.data.policy import policy
from intake.domain.patient import Patient


def probable(person: Patient, others: Iterable[Patient]) -> list[tuple[Patient, int]]:
    """Whoever may be the same person, the most alike first, with a score in percent."""
    scored = [(other, likeness(person, other)) for other in others if other.id != person.id]
    found = [pair for pair in scored if pair[1] >= policy().duplicate_percent]
    return sorted(found, key=lambda pair: -pair[1])


def likeness(one: Patient, other: Patient) -> int:
    """In percent. Names in any order count half, the birth date three tenths, the same phone two;
    a date with day and month exchanged or one digit wrong counts for most of it."""
    names = fuzz.token_sort_ratio(_name(one), _name(other), processor=utils.default_process)
    born = fuzz.ratio(_sorted_digits(one), _sorted_digits(other))
    if one.born_on != other.born_on:
        born = min(born, 85) if born >= 85 else 0
    shares = [(50, names), (30, born)]
    if one.phone is not None and one.phone == other.phone:
        shares.append((20, 100))  # people change their phone: another one says nothing
    return round(sum(share * value for share, value in shares) / sum(s for s, _ in shares))


def _name(person: Patient) -> str:
    return f"{person.given_name} {person.family_name}"


def _sorted_digits(person: Patient) -> str:
    return "".join(sorted(person.born_on.isoformat()))
