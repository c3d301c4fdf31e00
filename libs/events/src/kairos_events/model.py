"""Base classes of the published language: what writers publish and what readers read."""

from typing import ClassVar, Self, Unpack
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kairos_events.schema import schema_hash, schema_uri


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
    """

    type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]
    source: ClassVar[str]

    def __init_subclass__(
        cls, *, type: str, topic: str, key: str, **config: Unpack[ConfigDict]
    ) -> None:
        """Take the declaration; an event that leaves out a part of it cannot be defined."""
        super().__init_subclass__(**config)
        cls.type = type
        cls.topic = topic
        cls.key_field = key
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
        """The URI of the blessed schema that this event is written with."""
        return schema_uri(self.type, schema_hash(self.__class__))

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
    reader against every blessed version of its event.
    """

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str, **config: Unpack[ConfigDict]) -> None:
        """Take the wire type that this reader reads."""
        super().__init_subclass__(**config)
        cls.type = type

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read an event's data. Raises `pydantic.ValidationError`; its text hides the data."""
        return cls.model_validate_json(data)


def source_of(service: str) -> str:
    """Return a service's `ce_source`, e.g. `urn:kairos:dosing`."""
    return f"urn:kairos:{service}"
