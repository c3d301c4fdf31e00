"""Bases of what routes take and answer."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request body: strict and closed, so that a misspelt field is refused, not ignored."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(extra="forbid", frozen=True)
