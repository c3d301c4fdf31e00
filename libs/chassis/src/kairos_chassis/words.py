"""Words about a patient, sealed with that patient's key wherever they rest.

A column of type `Words`, `WordsJson` or `WordsList` holds what somebody typed. A transaction seals
it on its way in and opens it on its way out, so that nothing else in a service need think of it;
what is in the database, and in every copy of it, is ciphertext. Destroying the patient's key
(`patient_keys`) therefore takes the words away everywhere at once.

Rows written before a service had a ring hold plain text, and are read as they are.
"""

import base64
import binascii
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from kairos_chassis import patient_keys
from kairos_chassis.db import Transaction
from kairos_chassis.key_ring import KeyRing
from kairos_chassis.word_types import Words, WordsJson, WordsList

__all__ = ["PatientSealing", "Words", "WordsJson", "WordsList"]

PURPOSE: Final = "words"
ANSWER: Final = "answer"
REMEMBERED_SECONDS: Final = 30.0
REMEMBERED_KEYS: Final = 10_000
GONE: Final = "[erased]"
_MARK: Final = "kpw1."
_JSON: Final = "sealed"


@dataclass(slots=True)
class PatientSealing:
    """Seals with patients' keys, which a ring wraps.

    A key that a committed transaction used is remembered for half a minute, so that the next one
    need not ask: within that time another process may still read what one has erased. What is
    sealed with a key that was destroyed meanwhile opens for nobody.
    """

    ring: KeyRing
    seconds: Callable[[], float] = time.monotonic
    _known: "OrderedDict[tuple[UUID, UUID], tuple[float, patient_keys.PatientKey]]" = field(
        default_factory=OrderedDict
    )

    async def seal(self, tx: Transaction, value: Any, patient_id: UUID | None) -> Any:
        """Ciphertext of a text or a document.

        Raises PatientErased (404), RuntimeError where nobody said whose words they are.
        """
        if value is None or value in ([], {}):
            return value  # nothing to hide, and nothing to ask a key for
        if isinstance(value, bytes):
            return _answer(tx, value)
        patient_id = patient_id or tx.patient_id
        if patient_id is None:
            raise RuntimeError("whose words are these? call tx.about(patient_id) first")
        key = await self._key(tx, patient_id)
        if key is None:
            raise patient_keys.PatientErased
        if isinstance(value, str):
            return _shown(patient_id, key.seal(b"t" + value.encode(), PURPOSE))
        document = _shown(patient_id, key.seal(b"j" + orjson.dumps(value, default=str), PURPOSE))
        return [document] if isinstance(value, list | tuple) else {_JSON: document}

    async def open(self, tx: Transaction, value: Any) -> Any:
        """The text or document; `GONE` or an empty one of an erased patient.

        Raises NotSealedHere for what was changed, or moved here from another patient, and
        PatientErased (404) for an answer that told of one.
        """
        if isinstance(value, bytes):
            return await self._open_answer(tx, value)
        text, gone = _inside(value)
        if not isinstance(text, str) or not text.startswith(_MARK):
            return value
        patient_id, sealed = _read(text)
        key = await self._key(tx, patient_id)
        if key is None:
            return gone
        content = key.open(sealed, PURPOSE)
        return content[1:].decode() if content[:1] == b"t" else orjson.loads(content[1:])

    async def prepare(self, tx: Transaction, values: Sequence[Any]) -> None:
        """Ask for the keys of many words at once: a page of patients is one question, not fifty."""
        texts = [value if isinstance(value, str) else _inside(value)[0] for value in values]
        sealed = [text for text in texts if isinstance(text, str) and text.startswith(_MARK)]
        unknown = {_read(text)[0] for text in sealed} - tx.keys.keys()
        for patient_id in list(unknown):
            known = self._known.get((tx.network, patient_id))
            if known is not None and known[0] > self.seconds():
                tx.keys[patient_id] = known[1]
                unknown.discard(patient_id)
        if len(unknown) > 1:
            found = await patient_keys.keys_of(tx, self.ring, sorted(unknown), PURPOSE)
            tx.keys.update(found)

    async def _open_answer(self, tx: Transaction, value: bytes) -> bytes:
        while value.startswith(_MARK.encode()):
            patient_id, sealed = _read(value.decode())
            key = await self._key(tx, patient_id)
            if key is None:
                raise patient_keys.PatientErased
            value = key.open(sealed, ANSWER)
        return value

    async def _key(self, tx: Transaction, patient_id: UUID) -> patient_keys.PatientKey | None:
        """The patient's key; None once it is destroyed."""
        if patient_id in tx.keys:
            held: patient_keys.PatientKey | None = tx.keys[patient_id]
            return held
        known = self._known.get((tx.network, patient_id))
        if known is not None and known[0] > self.seconds():
            tx.keys[patient_id] = known[1]
            return known[1]
        try:
            found = await patient_keys.key_of(tx, self.ring, patient_id, PURPOSE)
        except patient_keys.PatientErased:
            tx.keys[patient_id] = None
            return None
        tx.keys[patient_id] = found
        where = (tx.network, patient_id)
        tx.after_commit(lambda: self._remember(where, found))
        return found

    def forget(self, network: UUID, patient_id: UUID) -> None:
        """Remember a key no longer: it was destroyed."""
        self._known.pop((network, patient_id), None)

    def _remember(self, where: tuple[UUID, UUID], key: patient_keys.PatientKey) -> None:
        self._known[where] = (self.seconds() + REMEMBERED_SECONDS, key)
        while len(self._known) > REMEMBERED_KEYS:
            self._known.popitem(last=False)


def _answer(tx: Transaction, body: bytes) -> bytes:
    """An answer under the key of whom it is about. Where no words were touched it tells none.

    Where it may tell of several, and is about none of them, it takes all their keys to read it.
    """
    held = {one: key for one, key in tx.keys.items() if key is not None}
    if tx.patient_id in held:
        held = {tx.patient_id: held[tx.patient_id]}
    for patient_id in sorted(held):
        body = _shown(patient_id, held[patient_id].seal(body, ANSWER)).encode()
    return body


def _shown(patient_id: UUID, sealed: bytes) -> str:
    return f"{_MARK}{patient_id.hex}.{base64.urlsafe_b64encode(sealed).decode()}"


def _inside(value: Any) -> tuple[Any, Any]:
    """The ciphertext of what is stored, and what is read in its place once it is erased."""
    if isinstance(value, dict) and value.keys() == {_JSON}:
        return value[_JSON], {}
    if isinstance(value, list):
        return (value[0], []) if len(value) == 1 else (None, [])
    return value, GONE


def _read(text: str) -> tuple[UUID, bytes]:
    try:
        _, patient, sealed = text.split(".")
        return UUID(hex=patient), base64.b64decode(sealed, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as broken:
        raise patient_keys.NotSealedHere from broken
