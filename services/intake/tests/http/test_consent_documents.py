"""A network's own consent document: whole like those that ship, shown from its publication on."""

from typing import Any
from uuid import uuid4

import pytest
from intake.data import reading

from .steps import Clinic, problem, understood

SHIPPED = reading.load("consents/kap_consent_v5.toml")
PREFACE = {"en": "Our own words.", "es": "Nuestras propias palabras."}
OWN: dict[str, Any] = {
    **{name: value for name, value in SHIPPED.items() if name != "text_sha256"},
    "number": 6,
    "version": "north-consent-6",
    "source": "counsel of the network",
    "preface": PREFACE,
}


async def publish(clinic: Clinic, document: dict[str, Any], role: str = "medical_director") -> Any:
    return await clinic.post("/v1/consent-documents", document, role=role)


async def test_network_shows_its_own_text_and_others_theirs(clinic: Clinic) -> None:
    await clinic.register()
    before = await clinic.draft()
    elsewhere = Clinic(clinic.service, uuid4())

    published = await publish(clinic, OWN)
    outdated = await clinic.sign(before)
    shown = await clinic.draft()
    signed = await clinic.sign(shown)
    await elsewhere.register()

    assert published.status_code == 201, published.text
    assert published.json()["questions"] == 10
    assert problem(outdated) == (409, "consent_document_outdated")
    assert "Our own words." in shown["text"]
    assert signed.json()["document_version"] == "north-consent-6"
    assert signed.json()["text_sha256"] == published.json()["text_sha256"]["en"]
    assert "Our own words." not in (await elsewhere.draft())["text"]
    (listed,) = (await clinic.get("/v1/consent-documents")).json()["items"]
    (theirs,) = (await elsewhere.get("/v1/consent-documents")).json()["items"]
    assert (listed["version"], theirs["version"]) == ("north-consent-6", "kap-consent-5")
    copy = await clinic.get(f"{shown['path']}/copy.pdf")
    assert copy.content.startswith(b"%PDF")


async def test_signed_consent_keeps_the_text_it_was_signed_with(clinic: Clinic) -> None:
    await clinic.register()
    await publish(clinic, OWN)
    shown = await clinic.draft()
    await clinic.sign(shown, comprehension={"answers": understood()})
    await publish(clinic, {**OWN, "number": 7, "version": "north-consent-7", "title": {
        "en": "Another title", "es": "Otro título"}})  # fmt: skip

    kept = (await clinic.get(f"{shown['path']}/text")).json()
    assert (kept["text"], kept["text_sha256"]) == (shown["text"], shown["text_sha256"])
    assert "Another title" in (await clinic.draft())["text"]


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"elements": SHIPPED["elements"][1:]}, 422, "consent_document_unsound"),
        ({"comprehension": []}, 422, "consent_document_unsound"),
        ({"preface": {"en": "only English"}}, 422, "consent_document_unsound"),
        ({"scopes": ["treatment_rectal"]}, 422, "consent_document_unsound"),
        ({"scopes": ["Touch!"]}, 422, "consent_document_unsound"),
        ({"version": "with spaces"}, 422, "consent_document_unsound"),
        ({"verzion": "6"}, 422, "consent_document_unsound"),
        ({"number": "6"}, 422, "consent_document_unsound"),
        ({"number": 5}, 409, "consent_document_version_taken"),
        ({"version": "kap-consent-5"}, 409, "consent_document_version_taken"),
    ],
)
async def test_document_that_is_not_whole_is_shown_to_nobody(
    clinic: Clinic, changes: dict[str, Any], status: int, slug: str
) -> None:
    assert problem(await publish(clinic, {**OWN, **changes})) == (status, slug)
    assert (await publish(clinic, OWN)).status_code == 201
    assert problem(await publish(clinic, OWN)) == (409, "consent_document_version_taken")


async def test_only_a_medical_director_publishes_a_consent(clinic: Clinic) -> None:
    for role in ("prescriber", "ops_admin", "privacy_officer"):
        assert problem(await publish(clinic, OWN, role)) == (403, "not_permitted")
