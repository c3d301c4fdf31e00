"""A small API, to be changed in every way that could break a caller."""

import copy
from collections.abc import Callable
from typing import Any

API: dict[str, Any] = {
    "paths": {
        "/v1/doses": {
            "post": {
                "operationId": "post_dose",
                "parameters": [
                    {"in": "query", "name": "dry", "schema": {"type": "boolean"}},
                    {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Body"}}
                    },
                },
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Dose"}}
                        }
                    },
                    "409": {"content": {"application/problem+json": {"schema": {}}}},
                },
            },
            "get": {"operationId": "list_doses", "responses": {"200": {}}},
        }
    },
    "components": {
        "schemas": {
            "Body": {
                "type": "object",
                "additionalProperties": False,
                "required": ["route"],
                "properties": {
                    "route": {"type": "string", "enum": ["im", "iv"]},
                    "drops": {"type": "number", "minimum": 0, "maximum": 10},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "sites": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
                },
            },
            "Dose": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "state": {"type": "string", "enum": ["given", "refused"]},
                    "follows": {"anyOf": [{"$ref": "#/components/schemas/Dose"}]},
                    "count": {"type": "integer"},
                },
            },
        }
    },
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The API above, with a change."""
    api = copy.deepcopy(API)
    change(api)
    return api


def post(api: dict[str, Any]) -> Any:
    return api["paths"]["/v1/doses"]["post"]


def schema(api: dict[str, Any], name: str) -> Any:
    return api["components"]["schemas"][name]


def field(api: dict[str, Any], name: str, of: str = "Body") -> Any:
    return schema(api, of)["properties"][name]
