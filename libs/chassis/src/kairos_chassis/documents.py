"""`python -m kairos_chassis.documents <service> --write | --check`: a service's OpenAPI document,
made from its code alone, kept beside it as openapi.json."""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kairos_chassis import migrations
from kairos_chassis.http.app import create_app, openapi
from kairos_chassis.probes import Probes
from kairos_chassis.process import Service


def document_of(service: Service[Any]) -> dict[str, Any]:
    """The OpenAPI 3.1 document. Needs no database: the application is declared, not served."""
    app = create_app(
        service=service.name,
        summary=service.summary,
        routes=service.routes,
        deps=None,
        edge=None,
        probes=Probes(),
    )
    return openapi(app)


def text_of(document: dict[str, Any]) -> str:
    """The document as it is committed: one value a line, so that a change reads well."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def path_of(package: str) -> Path:
    """Where the document of a service is committed, in a checkout."""
    return migrations.directory_of(package).parent / "openapi.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the document, or exit 1 where the committed one differs."""
    parser = argparse.ArgumentParser(prog="python -m kairos_chassis.documents")
    parser.add_argument("service")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write openapi.json")
    what.add_argument("--check", action="store_true", help="compare openapi.json with the code")
    given = parser.parse_args(arguments)
    service = importlib.import_module(f"{given.service}.wiring").SERVICE
    text, path = text_of(document_of(service)), path_of(given.service)
    if given.write:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        sys.exit(f"{given.service}: openapi.json is not what the code says; write it again")


if __name__ == "__main__":
    main()
