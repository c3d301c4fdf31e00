"""Columns as this service's tables have them, in few words."""

from typing import Any

from kairos_chassis.words import Words, WordsJson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

Cell = Column[Any]


def key(name: str = "id") -> Cell:
    """The primary key: a UUID."""
    return Column(name, Uuid, primary_key=True)


def words(name: str, *, null: bool = False) -> Cell:
    """What somebody typed about a patient: sealed with the patient's key."""
    return Column(name, Words, nullable=null)


def sealed_document(name: str) -> Cell:
    """A document about a patient: sealed with the patient's key."""
    return Column(name, WordsJson, nullable=False)


def network(*, part_of_key: bool = False) -> Cell:
    """The tenant."""
    return Column("network_id", Uuid, primary_key=part_of_key, nullable=False)


def of(table: str, *, name: str = "", null: bool = False, primary: bool = False) -> Cell:
    """A reference to a row of another table."""
    column = name or f"{table}_id"
    return Column(column, Uuid, ForeignKey(f"{table}.id"), primary_key=primary, nullable=null)


def uuid(name: str, *, null: bool = False, primary: bool = False) -> Cell:
    """An opaque id."""
    return Column(name, Uuid, primary_key=primary, nullable=null)


def text(name: str, *, null: bool = False, primary: bool = False) -> Cell:
    """A text or a code."""
    return Column(name, Text, primary_key=primary, nullable=null)


def texts(name: str) -> Cell:
    """A list of codes."""
    return Column(name, ARRAY(Text), nullable=False)


def at(name: str, *, null: bool = False, primary: bool = False) -> Cell:
    """An instant."""
    return Column(name, DateTime(timezone=True), primary_key=primary, nullable=null)


def on(name: str, *, null: bool = False, primary: bool = False) -> Cell:
    """A calendar date."""
    return Column(name, Date, primary_key=primary, nullable=null)


def mg(name: str = "amount_mg", *, null: bool = False) -> Cell:
    """Milligrams of base, to 0.001."""
    return Column(name, Numeric(12, 3), nullable=null)


def number(name: str, digits: int, places: int, *, null: bool = False) -> Cell:
    """An exact number."""
    return Column(name, Numeric(digits, places), nullable=null)


def count(name: str, *, null: bool = False, primary: bool = False) -> Cell:
    """A whole number."""
    return Column(name, Integer, primary_key=primary, nullable=null, autoincrement=False)


def big(name: str) -> Cell:
    """A large whole number."""
    return Column(name, BigInteger, nullable=False)


def flag(name: str, *, default: str | None = None) -> Cell:
    """Yes or no. `default` is what rows have that a version before wrote."""
    return Column(name, Boolean, nullable=False, server_default=default)


def document(name: str) -> Cell:
    """A JSON document."""
    return Column(name, JSONB, nullable=False)
