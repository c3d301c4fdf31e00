"""Policy of a network's own: what may be set, and what loosens."""

import pytest
from scheduling.data.house import house_policy, policy_rules
from scheduling.domain.house_policy import Value
from scheduling.domain.rule_errors import PolicyLoosens, PolicyOutOfBounds


def test_shipped_policy_is_within_its_own_bounds() -> None:
    rules = policy_rules()

    rules.check(rules.shipped(), of_site=False)


@pytest.mark.parametrize(
    ("name", "tighter", "looser"),
    [
        ("patients_per_monitor", 1, 3),
        ("first_dose_one_to_one", True, False),
        ("overbook_visit_types", ("integration",), ("evaluation", "integration", "preparation")),
        ("earliest_minutes_before_start", 60, 240),
    ],
)
def test_only_what_lets_more_through_loosens(name: str, tighter: Value, looser: Value) -> None:
    rules = policy_rules()
    base = {name: tighter}

    assert rules.loosened({name: tighter}, base) == ()
    assert rules.loosened({name: looser}, base) == (name,)
    assert rules.loosened({name: tighter}, {name: looser}) == ()
    with pytest.raises(PolicyLoosens):
        rules.sign((name,), director=False)
    rules.sign((name,), director=True)


@pytest.mark.parametrize("value", [True, "2", ("a",), -1, 10_000])
def test_value_of_another_kind_is_out_of_bounds(value: Value) -> None:
    with pytest.raises(PolicyOutOfBounds):
        policy_rules().check({"hold_minutes": value}, of_site=False)


def test_site_stands_above_the_network_and_both_above_what_is_shipped() -> None:
    policy = house_policy({"hold_minutes": 20, "late_hours": 1}, {"hold_minutes": 5})

    assert (policy.booking.hold_minutes, policy.booking.late_hours) == (5, 1)
    assert policy.booking.no_show_minutes == policy_rules().shipped()["no_show_minutes"]
