"""Wire types, `dosing.session_aborted.v2`, and the mark of a fact that is told in two versions."""

import re

_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]{0,3}")
_MARK = "?=beside="  # a URN's q-component: it is no part of the name (RFC 8141, section 2.3)


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
