"""`list`: every event, where it goes and who reads it."""

import argparse
from typing import Any

from kairos_events.commands.common import Commands, add_json, files_of, say, say_json
from kairos_events.lineage import is_published
from kairos_events.registry import events


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    add_json(commands.add_parser("list", help="list every event with its topic, key and readers"))


def run(given: argparse.Namespace) -> int:
    """List them; returns 0."""
    files = files_of(given)
    readers: dict[str, list[str]] = {}
    for reading in files.readings():
        for version in reading.versions:
            readers.setdefault(version, []).append(reading.name)
    if given.json:
        say_json([_entry(name, readers.get(name, []), given) for name in events()])
        return 0
    for event in events().values():
        by = ", ".join(sorted(readers.get(event.type, []))) or "-"
        say(f"{event.type:<42} {event.topic:<20} {event.key_field:<16} {by}")
    return 0


def _entry(name: str, readers: list[str], given: argparse.Namespace) -> dict[str, Any]:
    event, files = events()[name], files_of(given)
    return {
        "type": event.type,
        "topic": event.topic,
        "key": event.key_field,
        "published": is_published(event.type, events()),
        "beside": event.beside,
        "versions": sorted(files.blessed(event.type)),
        "readers": sorted(readers),
    }
