"""What an OpenAPI document says beside its routes: whose it is, where it is served, what every
answer carries. Linters of documents ask for it, and so do those who make clients from them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_ABOUT: Final = (
    "Part of Kairos. Every error is a problem document (RFC 9457); unsafe requests carry an"
    " Idempotency-Key, changes an If-Match; each log-in has a rate of requests of its own, told in"
    " RateLimit. What belongs to another network answers like what does not exist."
)
_BEARER: Final = (
    "An OIDC access token as RFC 9068 describes it, judged as RFC8725 recommends: algorithms by an"
    " allow-list bound to the key, issuer, audience, type and times checked."
)
_PROBLEM: Final = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}
HEADERS: Final[Mapping[str, Any]] = {
    "RateLimit": {
        "description": "What is left, r, and when it is full again in seconds, t.",
        "schema": {"type": "string", "maxLength": 100},
    },
    "RateLimit-Policy": {
        "description": "How many requests, q, in how many seconds, w.",
        "schema": {"type": "string", "maxLength": 100},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 3600},
    },
}


def complete(document: dict[str, Any], statuses: Iterable[int | str]) -> None:
    """Add to a document made from routes what every document of the platform says.

    `statuses` are answered by every route with a problem document, which is told once.
    """
    document["info"] |= {
        "description": _ABOUT,
        "contact": {"name": "Your network's operators"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    document["servers"] = [
        {
            "url": "https://kairos.internal",
            "description": "Production: wherever your network runs it",
            "x-internal": True,
        }
    ]
    components = document["components"]
    components["securitySchemes"]["bearer"]["description"] = _BEARER
    components["headers"] = dict(HEADERS)
    components["responses"] = {
        name: {"description": words, "headers": _headers_of(status), **_PROBLEM}
        for name, status, words in (
            ("Problem", "4XX", "What was refused, and why; never what was sent."),
            ("TooManyRequests", "429", "More requests than one log-in may send."),
        )
    }
    errors = {
        str(status): _named("TooManyRequests" if str(status) == "429" else "Problem")
        for status in statuses
    }
    tags: set[str] = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            tags |= set(operation.get("tags", ()))
            operation.setdefault("description", operation.get("summary", ""))
            for status, response in operation["responses"].items():
                if status in errors:
                    operation["responses"][status] = errors[status]
                else:
                    response["headers"] = _headers_of(status)
    document["tags"] = [{"name": tag, "description": _words(tag)} for tag in sorted(tags)]


def _named(response: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{response}"}


def _headers_of(status: str) -> dict[str, Any]:
    names = ["RateLimit", "RateLimit-Policy"]
    if status == "429":
        names.append("Retry-After")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _words(tag: str) -> str:
    return tag.replace("-", " ").replace("_", " ").capitalize()
