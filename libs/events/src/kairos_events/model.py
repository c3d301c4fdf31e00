"""Base classes of the published language: what writers publish and what readers read."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, Unpack
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kairos_events.schema import schema_hash, schema_uri
from kairos_events.wire_types import major_of, with_beside, with_major


class EventModel(BaseModel):
    """A part of an event. Strict and closed: a writer says only what its schema names."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
    )


class PublicEvent(EventModel):
    """A versioned fact for the bus. Its declaration says where it goes and what keeps it in order.

    `class DoseAdministeredV1(PublicEvent, type="dosing.dose_administered.v1",
    topic="dosing.events", key="patient_id")`; the key field is an opaque id.

    While two major versions are published, each names the other: `beside="<the other type>"`. The
    newer one then says by `as_previous` what the older one tells.
    """

    type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]
    source: ClassVar[str]
    beside: ClassVar[str | None]

    def __init_subclass__(
        cls,
        *,
        type: str,
        topic: str,
        key: str,
        beside: str | None = None,
        **config: Unpack[ConfigDict],
    ) -> None:
        """Take the declaration; an event that leaves out a part of it cannot be defined."""
        super().__init_subclass__(**config)
        cls.type = type
        cls.topic = topic
        cls.key_field = key
        cls.beside = beside
        cls.source = source_of(type.partition(".")[0])

    @classmethod
    def __pydantic_init_subclass__(cls, **_declaration: object) -> None:
        """Check, once the fields are known, that the key is one of them and an opaque id."""
        field = cls.model_fields.get(cls.key_field)
        if field is None or field.annotation is not UUID:
            raise TypeError(
                f"{cls.__name__}: key {cls.key_field!r} is not a UUID field of the event"
            )

    @property
    def key(self) -> str:
        """The ordering key: facts of one key from one service stay in order."""
        return str(getattr(self, self.key_field))

    @property
    def dataschema(self) -> str:
        """The URI of the blessed schema that this event is written with.

        It also names the version that the same fact is published in beside this one, if any.
        """
        return with_beside(schema_uri(self.type, schema_hash(self.__class__)), self.beside)

    def records(self) -> "tuple[PublicEvent, ...]":
        """This fact in every major version that is published now, the newest first.

        Raises TypeError for a version that is only published beside a newer one.
        """
        if self.beside is None:
            return (self,)
        if not self.is_newest():
            raise TypeError(f"{self.type} is published beside {self.beside}: publish that one")
        return (self, self.as_previous())

    @classmethod
    def is_newest(cls) -> bool:
        """Whether no newer version of the event is published beside this one."""
        return cls.beside is None or major_of(cls.type) > major_of(cls.beside)

    def as_previous(self) -> "PublicEvent":
        """What the version before tells of this fact; defined while both are published."""
        raise TypeError(f"{self.type} says nothing in the words of a version before")

    @classmethod
    def from_previous(cls, told: Mapping[str, Any]) -> dict[str, Any]:
        """Upcast: this version's data from the data of the version before.

        Pure, and blind to fields that it does not know: the writer may have had newer ones.
        """
        raise TypeError(f"{cls.type} cannot be told from the version before")

    def to_json(self) -> bytes:
        """Return the event's data as compact JSON in UTF-8, straight from the serialiser."""
        return self.__pydantic_serializer__.to_json(self)


class ReaderModel(BaseModel):
    """A part of what a consumer reads. Strict in what it names, blind to everything else."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", hide_input_in_errors=True, allow_inf_nan=False
    )


class Reader(ReaderModel):
    """A consumer's own narrow view of one event: only the fields it uses.

    `class ReadsDose(Reader, type="dosing.dose_administered.v1")`. The contract tests prove each
    reader against every blessed version of its event. A reader of a later major version names the
    oldest one that it still has to read, `since=1`: those are upcast before it sees them.
    """

    type: ClassVar[str]
    since: ClassVar[int]

    def __init_subclass__(
        cls, *, type: str, since: int | None = None, **config: Unpack[ConfigDict]
    ) -> None:
        """Take the wire type that this reader reads, and the oldest version of it."""
        super().__init_subclass__(**config)
        cls.type = type
        cls.since = major_of(type) if since is None else since
        if not 1 <= cls.since <= major_of(type):
            raise TypeError(f"{cls.__name__}: since={cls.since} is no version up to {type}")

    @classmethod
    def supported(cls) -> tuple[str, ...]:
        """Every wire type that this reader reads, the oldest first; its own is the last."""
        versions = range(cls.since, major_of(cls.type) + 1)
        return tuple(with_major(cls.type, version) for version in versions)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read an event's data. Raises `pydantic.ValidationError`; its text hides the data."""
        return cls.model_validate_json(data)


def source_of(service: str) -> str:
    """Return a service's `ce_source`, e.g. `urn:kairos:dosing`."""
    return f"urn:kairos:{service}"
