"""Consent documents speak of everything they must, and never change once they were shown."""

from dataclasses import replace
from typing import Any

import pytest
from intake.data.consents import check, current, documents
from intake.data.reading import load, parse
from intake.domain.consent import digest
from intake.domain.policy import Policy

REQUIRED = frozenset(load("consent_elements_v1.toml")["required"])


def test_document_speaks_of_every_required_element() -> None:
    document = current("kap_consent")
    for language in ("en", "es"):
        text = document.text_in(language)
        for element in document.elements_in(None):
            assert element.title[language] in text
            assert element.body[language] in text
    assert {element.code for element in document.elements} >= REQUIRED


def test_document_without_an_element_is_refused() -> None:
    document = current("kap_consent")
    assert check(document, REQUIRED) is document
    with pytest.raises(ValueError, match="lacks off_label"):
        check(replace(document, elements=document.elements[1:]), REQUIRED)


def test_document_changed_by_one_letter_is_refused() -> None:
    document = current("kap_consent")
    with pytest.raises(ValueError, match="was changed"):
        check(
            replace(document, preface={**document.preface, "en": document.preface["en"] + "!"}),
            REQUIRED,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"correct": "somewhat"},
        {"element": "weather"},
        {"element": "california_notice"},
        {"source": ""},
        {"text": {"en": "What?"}},
    ],
)
def test_question_that_cannot_be_scored_is_refused(change: dict[str, Any]) -> None:
    document = current("kap_consent")
    first, *others = document.comprehension
    for questions in ((replace(first, **change), *others), (first, *document.comprehension)):
        with pytest.raises(ValueError, match="kap-consent-5"):
            check(replace(document, comprehension=questions), REQUIRED)


def test_digest_is_of_the_exact_bytes_shown() -> None:
    for document in documents():
        for language, state in document.texts:
            sha256 = document.text_sha256[f"{language}-{state}" if state else language]
            assert digest(document.text_in(language, state)) == sha256
            assert digest(document.text_in(language, state) + " ") != sha256


def test_data_file_with_a_misspelt_key_is_refused() -> None:
    document = load("policy_v3.toml")
    assert parse(Policy, document).version == "3"
    with pytest.raises(ValueError, match="unknown keys: /decision_valid_dayz"):
        parse(Policy, {**document, "decision_valid_dayz": 1})
    with pytest.raises(ValueError, match="decision_valid_days"):
        parse(Policy, {**document, "decision_valid_days": "180"})
