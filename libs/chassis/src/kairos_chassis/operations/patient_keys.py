"""`python -m <service> patient-keys status | rotate | retire`: the keys that erase patients."""

import argparse
from pathlib import Path

from kairos_chassis import patient_keys
from kairos_chassis.errors import Kind
from kairos_chassis.key_ring import FileKeyRing, UnknownKeyError
from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.verbs import Connect, Verb


class StillWraps(Exception):
    """This key still wraps patients' keys, or wraps what is new: rotate first."""

    slug = "key_still_in_use"
    kind = Kind.REFUSED


class NoSuchKey(Exception):
    """The ring has no key of that name."""

    slug = "no_such_key"
    kind = Kind.NOT_FOUND


async def _act(asked: argparse.Namespace, connect: Connect) -> Answer:
    ring = FileKeyRing(asked.ring)
    wrapped_anew = 0
    async with connect() as db:
        if asked.act == "rotate":
            if asked.name not in ring.names:
                ring.add(asked.name)
            wrapped_anew = await patient_keys.wrap_anew(db, ring)
        used = await patient_keys.in_use(db)
    if asked.act == "retire":
        if used.get(asked.name) or asked.name == ring.current:
            raise StillWraps
        try:
            ring.retire(asked.name)
        except UnknownKeyError:
            raise NoSuchKey from None
    document = {"current": ring.current, "wrapped_anew": wrapped_anew, "in_use": used}
    lines = [f"{name}  {used.get(name, 0)} patients' keys" for name in ring.names]
    return Answer(document=document | {"ring": ring.names}, lines=lines, code=0)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    status = acts.add_parser("status", help="what each wrapping key still wraps")
    rotate = acts.add_parser("rotate", help="add a wrapping key and wrap every patient's key by it")
    retire = acts.add_parser("retire", help="destroy a wrapping key that wraps nothing any more")
    for one in (rotate, retire):
        one.add_argument("name", help="of the key, such as 2027-03")
    for one in (status, rotate, retire):
        one.add_argument("--ring", type=Path, required=True, help="the file of wrapping keys")
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")


PATIENT_KEYS = Verb(
    name="patient-keys",
    help="the keys that wrap patients' keys: what they wrap, rotation, retirement",
    arguments=_arguments,
    act=_act,
)
