"""From the domain's objects to answers whose fields have the same names."""

from typing import TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def view(model: type[Model], item: object) -> Model:
    """The answer that shows these fields of an object."""
    return model(**{name: getattr(item, name) for name in model.model_fields})
