"""Words nobody else uses, put into every private field of a journey, and where they may not be."""

from __future__ import annotations

import base64
import dataclasses
import re
import secrets
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from kairos_cli.demo.words import ChartWords
from kairos_cli.platform import Platform
from kairos_cli.record import Record
from kairos_local.postgres.binaries import program

T = TypeVar("T")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
# In whose database a word of the chart may stand; the others are integration's.
_OF_INTAKE = ("referrer", "referral", "escort", "escort_phone")
_OF_DOSING = ("session_note", "soft_stop")


def marked(kind: type[T], **fixed: str) -> T:
    """An object of texts of which each is a word of its own."""
    mark = secrets.token_hex(5)
    names = [one.name for one in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: f"{name.replace('_', '')}{mark}" for name in names} | fixed)


def fresh_chart() -> ChartWords:
    """What the team writes, each text a word of its own."""
    return marked(ChartWords, escort_phone=f"+1303{secrets.randbelow(10**7):07}")


def owner_of(field: str) -> str:
    """The service in whose database a word of the chart stands."""
    if field in _OF_INTAKE:
        return "intake"
    return "dosing" if field in _OF_DOSING else "integration"


def texts(words: Any) -> dict[str, str]:
    """Field and word."""
    return {name: str(value) for name, value in dataclasses.asdict(words).items()}


def spelt(words: Mapping[str, str]) -> list[str]:
    """The words, and as PostgreSQL writes bytes: in hexadecimal."""
    return [*words.values(), *(word.encode().hex() for word in words.values())]


def dumped(platform: Platform, service: str, folder: Path) -> bytes:
    """Everything a backup of a service's database holds."""
    path = folder / f"{service}.sql"
    record = Record.read(platform.state)
    assert record is not None
    admin = urlsplit(record.admin_url)._replace(path=f"/{service}").geturl()
    command = [str(program("pg_dump")), "--dbname", admin, "--file", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def pdf_text(document: bytes) -> bytes:
    """What a printed document says, its streams unpacked."""
    return document + pdf_words(document)


def pdf_words(document: bytes) -> bytes:
    """What stands on its pages alone."""
    return b"\n".join(_unpacked(one) for one in _STREAM.findall(document))


def _unpacked(stream: bytes) -> bytes:
    packed = stream.strip()
    if packed.endswith(b"~>"):
        packed = base64.a85decode(packed.removesuffix(b"~>"))
    with suppress(zlib.error):  # an image, or one that was never packed
        packed = zlib.decompress(packed)
    return packed


def free_texts(openapi: Mapping[str, Any]) -> set[str]:
    """The names of all fields of an API's requests into which people write what they like."""
    schemas = openapi["components"]["schemas"]
    bodies = [
        content["schema"]
        for path in openapi["paths"].values()
        for operation in path.values()
        if "requestBody" in operation
        for content in operation["requestBody"]["content"].values()
    ]
    return {name for body in bodies for name in _free(body, "", schemas)}


def _free(schema: Mapping[str, Any], name: str, schemas: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from _free(schemas[schema["$ref"].rpartition("/")[2]], name, schemas)
    for one in [*schema.get("anyOf", ()), *schema.get("allOf", ())]:
        yield from _free(one, name, schemas)
    if "items" in schema:
        yield from _free(schema["items"], name, schemas)
    for inner, one in schema.get("properties", {}).items():
        yield from _free(one, inner, schemas)
    if schema.get("type") == "string" and not {"format", "pattern", "enum", "const"} & set(schema):
        yield name


def filled(sent: Any, words: set[str], name: str = "") -> Iterator[str]:
    """The names of the fields of a request that hold one of these words."""
    if isinstance(sent, dict):
        for inner, value in sent.items():
            yield from filled(value, words, inner)
    elif isinstance(sent, list):
        for value in sent:
            yield from filled(value, words, name)
    elif sent in words:
        yield name
