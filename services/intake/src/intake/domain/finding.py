"""By which words a patient is found, and whether what was found is what was sought."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from intake.domain.patient import Patient

PREFIXES: Final = (1, 2, 3, 5)  # letters of a word from its beginning; more would say more of it
Word = tuple[str, str]


def folded(text: str) -> str:
    """A text as it is compared: small letters without accents, words with one space between."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", letters.replace("_", " ")))


def words_of(person: Patient, identifiers: Iterable[str] = ()) -> list[Word]:
    """Everything by which somebody is found, or noticed as a probable duplicate."""
    names = f"{person.given_name} {person.family_name}"
    words = {_prefix(name[:length]) for name in folded(names).split() for length in PREFIXES}
    words |= {whole(person.given_name), whole(person.family_name), born(person.born_on.isoformat())}
    if person.phone is not None:
        words.add(phone(person.phone))
    words |= {identifier(one) for one in identifiers}
    return sorted(words)


def sought_by_name(name: str) -> list[Word]:
    """What everybody has who may be meant by a name, or by how it begins."""
    found = {_prefix(_longest(word)) for word in folded(name).split()}
    return sorted(found)


def begins_so(person: Patient, name: str) -> bool:
    """Whether the sought words follow each other in the name, from the beginning of a word."""
    return f" {folded(name)}" in f" {folded(f'{person.given_name} {person.family_name}')}"


def whole(name: str) -> Word:
    """A whole name, given or family: people exchange the two."""
    return ("name", folded(name))


def born(day: str) -> Word:
    """A day of birth, ISO."""
    return ("born", day)


def phone(number: str) -> Word:
    """A telephone number as it was given."""
    return ("phone", number)


def identifier(value: str) -> Word:
    """How some other system names the patient."""
    return ("identifier", value)


def owned(system: str, value: str) -> Word:
    """How one other system names one patient only."""
    return ("owner", f"{system}\0{value}")


def _prefix(letters: str) -> Word:
    return ("begins", letters)


def _longest(word: str) -> str:
    return word[: max(length for length in PREFIXES if length <= len(word))]
