"""Wire types, `dosing.session_aborted.v2`, and the mark of a fact that is told in two versions."""

import re
from uuid import UUID

_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]{0,3}")
_MARK = "?=beside="  # a URN's q-component: it is no part of the name (RFC 8141, section 2.3)
_ACTOR = "?=actor="


def is_event_type(text: str) -> bool:
    """Whether a text is a wire type with a major version."""
    return _EVENT_TYPE.fullmatch(text) is not None


def major_of(event_type: str) -> int:
    """The major version in a wire type. Raises ValueError where there is none."""
    return int(event_type.rpartition(".v")[2])


def with_major(event_type: str, major: int) -> str:
    """The wire type of another major version of the same event."""
    return f"{event_type.rpartition('.v')[0]}.v{major}"


def with_beside(dataschema: str, beside: str | None) -> str:
    """A schema's URI with the type that the same fact is published as beside this one."""
    return dataschema if beside is None else f"{dataschema}{_MARK}{beside}"


def split_beside(dataschema: str) -> tuple[str, str | None]:
    """The two parts again."""
    uri, mark, beside = dataschema.partition(_MARK)
    return uri, beside if mark else None


def with_actor(dataschema: str, actor: UUID | None) -> str:
    """A schema's URI with the user for whom the fact came about, before `beside`."""
    uri, beside = split_beside(dataschema)
    return dataschema if actor is None else with_beside(f"{uri}{_ACTOR}{actor}", beside)


def actor_of(dataschema: str) -> UUID | None:
    """The user in it. None for what is no id: who it was may be lost, a clinical fact may not."""
    actor = split_beside(dataschema)[0].partition(_ACTOR)[2]
    try:
        return UUID(actor)
    except ValueError:
        return None


def name_of(dataschema: str) -> str:
    """The schema's URI alone."""
    return split_beside(dataschema)[0].partition(_ACTOR)[0]


def beside_of(dataschema: str) -> str | None:
    """The other version in it."""
    return split_beside(dataschema)[1]


def with_more(name: str, beside: str | None, actor: UUID | None) -> str:
    """A schema's URI with both, where there are any."""
    return with_actor(with_beside(name, beside), actor)
