"""Consent documents as versioned data, proved complete at the start of the process."""

import json
import re
from functools import cache, lru_cache
from typing import Any, Final

from intake.data import reading
from intake.data.hashing import text_of
from intake.domain.clearance import consent_scope
from intake.domain.consent import Document, digest
from intake.domain.consent_errors import DocumentUnsound
from intake.domain.errors import DocumentNotFound
from intake.domain.route import ROUTES

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@cache
def documents() -> tuple[Document, ...]:
    """Every version of every document. Raises ValueError for a broken file."""
    required = frozenset(reading.load("consent_elements_v1.toml")["required"])
    files = [reading.load(name) for name in reading.names("consents")]
    return tuple(check(reading.parse(Document, file), required) for file in files)


def current(code: str) -> Document:
    """The newest version of a document. Raises DocumentNotFound."""
    versions = [d for d in documents() if d.code == code]
    if not versions:
        raise DocumentNotFound
    return max(versions, key=lambda d: d.number)


def version_of(version: str) -> Document:
    """A version by its public name. Raises DocumentNotFound."""
    for document in documents():
        if document.version == version:
            return document
    raise DocumentNotFound


def document_of(document: dict[str, Any]) -> Document:
    """A network's own document, proved like those that ship. Raises DocumentUnsound."""
    return _own(text_of(document))


@lru_cache(maxsize=64)
def _own(text: str) -> Document:
    required = frozenset(reading.load("consent_elements_v1.toml")["required"])
    try:
        found = check(reading.parse(Document, json.loads(text)), required)
    except ValueError as fault:
        raise DocumentUnsound(str(fault)) from None
    routes = {scope for scope in found.scopes if scope.startswith("treatment_")}
    names = (found.code, *found.scopes, *(e.code for e in found.elements))
    if routes - {consent_scope(route) for route in ROUTES} or not found.comprehension:
        raise DocumentUnsound("names a route that does not exist, or asks no questions")
    if not all(map(_CODE.fullmatch, names)) or not _VERSION.fullmatch(found.version):
        raise DocumentUnsound("a code or the version is not written as one")
    return found


def with_digests(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with the digest of each of its texts. Raises DocumentUnsound."""
    try:
        found = reading.parse(Document, {**document, "text_sha256": {}})
        made = {
            f"{language}-{state}" if state else language: digest(found.text_in(language, state))
            for language, state in found.texts
        }
    except (ValueError, KeyError) as fault:
        raise DocumentUnsound(f"cannot be read: {type(fault).__name__}") from None
    return {**document, "text_sha256": made}


def check(document: Document, required: frozenset[str]) -> Document:
    """The same document, proved complete. Raises ValueError."""
    given = [element.code for element in document.elements]
    if missing := required - set(given):
        raise ValueError(f"{document.version} lacks {', '.join(sorted(missing))}")
    if len(set(given)) != len(given) or len(set(document.scopes)) != len(document.scopes):
        raise ValueError(f"{document.version} names an element or a scope twice")
    if not document.title or (document.questions < 1 and not document.comprehension):
        raise ValueError(f"{document.version} has no text or no comprehension check")
    _check_questions(document)
    if any(element.states for element in document.elements if element.code in required):
        raise ValueError(f"{document.version} leaves a required element out in some state")
    languages = set(document.title)
    texts = [document.preface]
    texts += [text for element in document.elements for text in (element.title, element.body)]
    if any(set(text) != languages or not all(text.values()) for text in texts):
        raise ValueError(f"{document.version} is not whole in every language")
    named = {f"{lang}-{state}" if state else lang for lang, state in document.texts}
    if named != set(document.text_sha256):
        raise ValueError(f"{document.version} has a text without a digest, or the reverse")
    for language, state in document.texts:
        name = f"{language}-{state}" if state else language
        if digest(document.text_in(language, state)) != document.text_sha256[name]:
            raise ValueError(f"{document.version} was changed: make a new version of it")
    return document


def _check_questions(document: Document) -> None:
    """Every question is whole, asks about an element, and has one right answer among others."""
    codes = [question.code for question in document.comprehension]
    if len(set(codes)) != len(codes):
        raise ValueError(f"{document.version} asks a question twice")
    everywhere = {e.code for e in document.elements if not e.states}
    for question in document.comprehension:
        offered = [option.code for option in question.options]
        right = offered.count(question.correct) == 1 and len(set(offered)) == len(offered) > 1
        if not right or question.element not in everywhere or not question.source:
            raise ValueError(f"{document.version}: question {question.code} cannot be scored")
        for text in (question.text, *(option.text for option in question.options)):
            if set(text) != set(document.title) or not all(text.values()):
                raise ValueError(f"{document.version} is not whole in every language")
