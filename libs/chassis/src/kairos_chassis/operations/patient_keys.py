"""`python -m <service> patient-keys status | rotate | retire | erased`: patients' keys."""

import argparse
from pathlib import Path
from uuid import UUID

from kairos_chassis import patient_keys
from kairos_chassis.blind_index import Indexed
from kairos_chassis.errors import Kind
from kairos_chassis.key_ring import FileKeyRing, UnknownKeyError
from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.verbs import Connect, Verb
from kairos_chassis.words import PatientSealing


class StillWraps(Exception):
    """This key still wraps patients' keys, or wraps what is new: rotate first."""

    slug = "key_still_in_use"
    kind = Kind.REFUSED


class NoSuchKey(Exception):
    """The ring has no key of that name."""

    slug = "no_such_key"
    kind = Kind.NOT_FOUND


async def _act(asked: argparse.Namespace, connect: Connect, indexed: Indexed | None) -> Answer:
    async with connect() as db:
        if asked.act == "erased":
            return _ledger(await patient_keys.erased(db))
        ring = FileKeyRing(asked.ring)
        done = {"wrapped_anew": 0, "indexed_anew": 0}
        if asked.act == "rotate":
            if asked.name not in ring.names:
                ring.add(asked.name)
            done["wrapped_anew"] = await patient_keys.wrap_anew(db, ring)
            if indexed is not None:
                db.sealing = PatientSealing(ring)
                done["indexed_anew"] = await indexed.anew(db, ring)
        used = await patient_keys.in_use(db)
        hashes = {} if indexed is None else dict(await indexed.in_use(db))
        if asked.act == "retire":
            _retire(ring, asked.name, used.get(asked.name, 0) + hashes.get(asked.name, 0))
    document = {"current": ring.current, **done, "in_use": used, "indexed": hashes}
    lines = [
        f"{name}  {used.get(name, 0)} patients' keys, {hashes.get(name, 0)} patients' hashes"
        for name in ring.names
    ]
    return Answer(document=document | {"ring": ring.names}, lines=lines, code=0)


def _retire(ring: FileKeyRing, name: str, uses: int) -> None:
    if uses or name == ring.current:
        raise StillWraps
    try:
        ring.retire(name)
    except UnknownKeyError:
        raise NoSuchKey from None


def _ledger(erased: list[tuple[UUID, UUID]]) -> Answer:
    """Ids alone, a line each, as `identity erase-again` reads them."""
    lines = [f"{network} {patient}" for network, patient in erased]
    rows = [{"network_id": network, "patient_id": patient} for network, patient in erased]
    return Answer(document={"erased": rows}, lines=lines, code=0)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    status = acts.add_parser("status", help="what each wrapping key still wraps")
    rotate = acts.add_parser("rotate", help="add a wrapping key and wrap every patient's key by it")
    retire = acts.add_parser("retire", help="destroy a wrapping key that wraps nothing any more")
    for one in (rotate, retire):
        one.add_argument("name", help="of the key, such as 2027-03")
    gone = acts.add_parser("erased", help="the ledger of erasures: network and id of each")
    gone.add_argument("--json", action="store_true", help="for programs: one JSON document")
    for one in (status, rotate, retire):
        one.add_argument("--ring", type=Path, required=True, help="the file of wrapping keys")
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")


def keys_verb(indexed: Indexed | None) -> Verb:
    """The verb of a service that finds its patients by these hashes, or by none."""

    async def act(asked: argparse.Namespace, connect: Connect) -> Answer:
        return await _act(asked, connect, indexed)

    summary = "the keys that wrap patients' keys: what they wrap, rotation, retirement, erasures"
    return Verb(name="patient-keys", help=summary, arguments=_arguments, act=act)


PATIENT_KEYS = keys_verb(None)
