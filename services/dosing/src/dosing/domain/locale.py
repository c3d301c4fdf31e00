"""Whose dose tables hold at a site: the label differs inside and outside the United States."""

from enum import StrEnum


class Locale(StrEnum):
    """Where a protocol's dose table holds."""

    US = "us"
    EX_US = "ex_us"
