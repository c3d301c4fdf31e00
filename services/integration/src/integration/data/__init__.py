"""Policy as versioned data, each figure with its source beside it."""

from functools import cache

from integration.data.reading import hours, read
from integration.domain.episode import IntegrationWindows
from integration.domain.journal import JournalPolicy
from integration.domain.private_note import SafetyPrompts
from integration.domain.therapy_draft import TherapyPolicy
from integration.domain.therapy_session import SessionKind
from integration.domain.watching import Escalation, RedFlagRules, SafetyCalls


@cache
def integration_windows() -> IntegrationWindows:
    """How long after a dose integration is due, per route. Raises KeyError for a broken file."""
    document = read("integration_windows_v1.toml")
    return IntegrationWindows(
        version=document["version"],
        hours={row["route"]: int(row["due_within_hours"]) for row in document["window"]},
    )


@cache
def escalation() -> Escalation:
    """Who is asked when something was not done in time. Raises KeyError for a broken file."""
    document = read("escalation_v1.toml")
    return Escalation(
        version=document["version"],
        integration_visit_types=frozenset(document["integration_visit_types"]),
        second_chance=hours(document["second_chance_hours"]),
        call_within=hours(document["call_within_hours"]),
        review_from_misses=document["review_from_misses"],
        after_care_within=hours(document["after_care_within_hours"]),
        steps=tuple((row["role"], hours(row["after_hours"])) for row in document["step"]),
    )


@cache
def safety_calls() -> SafetyCalls:
    """The calls owed after a first dose. Raises KeyError for a broken file."""
    document = read("safety_calls_v1.toml")
    return SafetyCalls(
        version=document["version"],
        tries_before_given_up=document["tries_before_given_up"],
        escalate_after=hours(document["escalate_after_hours"]),
        after={row["occasion"]: hours(row["after_hours"]) for row in document["call"]},
    )


@cache
def red_flags() -> RedFlagRules:
    """Which signs are danger, and from when on. Raises KeyError for a broken file."""
    document = read("red_flags_v1.toml")
    return RedFlagRules(
        version=document["version"],
        quiet={row["kind"]: hours(row["quiet_hours"]) for row in document["flag"]},
    )


@cache
def therapy() -> TherapyPolicy:
    """What a record holds, and what each modality asks. Raises KeyError for a broken file."""
    document = read("therapy_v1.toml")
    return TherapyPolicy(
        version=document["version"],
        locks_after=hours(document["locks_after_hours"]),
        required={SessionKind(row["kind"]): tuple(row["required"]) for row in document["kind"]},
        prompts={
            row["modality"]: {SessionKind(kind): tuple(row["prompts"]) for kind in row["kinds"]}
            for row in document["template"]
        },
    )


@cache
def note_prompts() -> SafetyPrompts:
    """What may not be in a psychotherapy note only. Raises KeyError for a broken file."""
    document = read("note_prompts_v1.toml")
    questions = {row["code"]: row["question"] for row in document["fact"]}
    return SafetyPrompts(version=document["version"], questions=questions)


@cache
def journal() -> JournalPolicy:
    """What patients are told about their journal. Raises KeyError for a broken file."""
    document = read("journal_v1.toml")
    return JournalPolicy(
        version=document["version"],
        notice=tuple(document["notice"]),
        help=tuple(document["help"]),
        terms=tuple(document["terms"]),
    )
