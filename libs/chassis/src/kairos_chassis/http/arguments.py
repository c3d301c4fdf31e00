"""From a request to the typed arguments of a route: path, query and body, each strictly."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http import strict_json
from kairos_chassis.http.call import Call
from kairos_chassis.http.problems import InvalidPayload, names_in
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

JSON = "application/json"


class _Missing:
    pass


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route function takes. Made once per route."""

    call_name: str
    call_type: type[Call]
    path: Mapping[str, TypeAdapter[Any]]
    query: Mapping[str, tuple[TypeAdapter[Any], Any]]
    body: tuple[str, type[BaseModel]] | None
    accepts: str

    def bind(self, call: Call, body: bytes) -> dict[str, Any]:
        """The arguments of one call. Raises Refusal or InvalidPayload."""
        arguments: dict[str, Any] = {self.call_name: call}
        for name, adapter in self.path.items():
            try:
                arguments[name] = adapter.validate_python(call.path_params[name])
            except ValidationError:
                # An id that is no id names nothing: the same answer as a missing one.
                message = "There is no such resource."
                raise Refusal("not_found", Kind.NOT_FOUND, message) from None
        if self.query or call.scope["query_string"]:
            self._bind_query(call.query_params, arguments)
        if self.body is not None:
            name, model = self.body
            arguments[name] = parse_body(
                model, call.headers.get("content-type"), body, self.accepts
            )
        elif body:
            message = "This request takes no body."
            raise Refusal("unexpected_body", Kind.MALFORMED, message)
        return arguments

    def _bind_query(self, given: QueryParams, arguments: dict[str, Any]) -> None:
        faults = [{"loc": [n], "type": "extra_forbidden"} for n in given if n not in self.query]
        for name, (adapter, default) in self.query.items():
            values = given.getlist(name)
            if not values and default is not _Missing:
                arguments[name] = default
                continue
            try:
                if len(values) != 1:
                    raise InvalidPayload(
                        [{"loc": [name], "type": "exactly_once"}], ["query"], self.query
                    )
                arguments[name] = adapter.validate_python(values[0])
            except ValidationError as error:
                faults += [{"loc": [name], "type": e["type"]} for e in error.errors()]
        if faults:
            raise InvalidPayload(faults, ["query"], self.query)


def signature_of(endpoint: Callable[..., Any], path: str, accepts: str) -> Signature:
    """Read a route function. Raises TypeError for one the edge could not serve."""
    hints = get_type_hints(endpoint, include_extras=True)
    call: tuple[str, type[Call]] | None = None
    body: tuple[str, type[BaseModel]] | None = None
    in_path: dict[str, TypeAdapter[Any]] = {}
    query: dict[str, tuple[TypeAdapter[Any], Any]] = {}
    for name, parameter in inspect.signature(endpoint).parameters.items():
        hint = hints[name]
        if isinstance(hint, type) and issubclass(hint, Call):
            call = (name, hint)
        elif "{" + name + "}" in path:
            in_path[name] = TypeAdapter(hint)
        elif (model := _model(hint)) is not None:
            body = (name, model)
        else:
            default = parameter.default
            missing = default is inspect.Parameter.empty
            query[name] = (TypeAdapter(hint), _Missing if missing else default)
    if call is None:
        raise TypeError(f"{endpoint.__qualname__} must take a Call")
    return Signature(call[0], call[1], in_path, query, body, accepts)


def _model(hint: Any) -> type[BaseModel] | None:
    base = get_args(hint)[0] if get_origin(hint) is not None else hint
    return base if isinstance(base, type) and issubclass(base, BaseModel) else None


def parse_body(
    model: type[BaseModel], content_type: str | None, body: bytes, accepts: str = JSON
) -> BaseModel:
    """The validated body. Raises Refusal (400, 415) or InvalidPayload (422)."""
    if (content_type or "").split(";")[0].strip().lower() != accepts:
        raise Refusal("unsupported_media_type", Kind.UNSUPPORTED, f"Send {accepts}.")
    strict_json.check(body)
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        # include_input=False keeps what was sent out of the error and of anything that logs it.
        faults = error.errors(include_input=False, include_url=False)
        raise InvalidPayload(faults, known=names_in(model)) from None
