"""What changes between two policies is told in sentences, and for whom."""

from streams.pages import parse_page
from streams.sla.policy.comparing import changes
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.load import document_of


def page(*clocks: str, more: str = "") -> PolicyDocument:
    lines = "".join(f"  - {{{clock}}}\n" for clock in clocks)
    return document_of(parse_page(f'policy: p\nversion: "1"\nclocks:\n{lines}{more}', "p.yaml"))


def told(before: str, after: str) -> list[str]:
    head = "name: c, from: accepted, until: delivered"
    return [change.what for change in changes(page(f"{head}, {before}"), page(f"{head}, {after}"))]


def test_nothing_changes_from_a_policy_to_itself() -> None:
    assert told("within: PT1H", "within: PT1H") == []


def test_an_allowance_changes_for_whom_its_condition_names() -> None:
    before = "within: [{when: {lane: same-city}, allow: PT24H}, {allow: PT72H}]"
    after = "within: [{when: {lane: same-city}, allow: PT20H}, {allow: PT72H}]"
    assert told(before, after) == ["c: `within` for lane is same-city is 20 h instead of 1 d"]


def test_a_rule_comes_and_another_goes() -> None:
    before = "within: [{when: {tier: A}, allow: PT1H}, {allow: PT3H}]"
    after = "within: [{allow: PT3H}, {when: {destination.remote: true}, add: PT2H}]"
    assert told(before, after) == [
        "c: `within` for destination.remote is true (added) is new: 2 h",
        "c: `within` for tier is A is gone: it was 1 h",
    ]


def test_the_order_of_rules_is_a_change() -> None:
    rules = ["{when: {tier: A}, allow: PT1H}", "{when: {lane: same-city}, allow: PT3H}"]
    (sentence,) = told(f"within: [{', '.join(rules)}]", f"within: [{', '.join(reversed(rules))}]")
    assert sentence == "c: `within` has its lines in another order: lane is same-city, then tier is A"


def test_codes_come_and_go() -> None:
    before = page("name: c, from: accepted, until: delivered, within: PT1H")
    after = page("name: c, from: [accepted, picked_up], until: delivery_attempted, within: PT1H")
    assert [change.what for change in changes(before, after)] == [
        "c: `until` has delivery_attempted as well",
        "c: `until` has delivered no longer",
        "c: `from` has picked_up as well",
    ]


def test_severities_and_notices_change_for_some() -> None:
    assert told("within: PT9H, warn: {before: PT3H}", "within: PT9H, severity: critical") == [
        "c: `warn` for everybody is no notice instead of a notice 3 h before",
        "c: `severity` for everybody is critical instead of warning",
    ]


def test_clocks_and_parts_of_the_page_come_and_go() -> None:
    before = page("name: a, from: accepted, until: delivered, within: PT1H")
    after = page(
        "name: b, from: accepted, until: delivered, within: {days: 1, by: '12:00', cutoff: '18:00', calendar: work}",
        more="calendars: {work: {country: CN}}\nshipment: {settle: P9D}",
    )
    found = changes(before, after)
    assert [(change.kind, change.where) for change in found] == [
        ("removed", "clocks.a"),
        ("added", "clocks.b"),
        ("added", "calendars.work"),
        ("changed", "shipment.settle"),
    ]
    assert found[1].what == "b is new: from accepted until delivered: 12:00 of D+1 (work), cut-off 18:00"
    assert found[3].what == "shipment.settle is 9 d instead of 7 d"


def test_a_new_promise_without_a_time_is_told_by_what_it_asks() -> None:
    kept = "name: a, from: accepted, until: delivered, within: PT1H"
    after = page(
        kept,
        "name: safe, from: accepted, until: delivered, never: [lost, damaged]",
        "name: uploads, from: any, until: delivered, uploads: PT30M",
        "name: perfect, all_of: [a, safe]",
        more="feeds: [{silent_after: PT2H}]",
    )
    assert [change.what for change in changes(page(kept), after)] == [
        "safe is new: from accepted until delivered: never lost or damaged",
        "uploads is new: from any until delivered: every scan recorded within 30 min",
        "perfect is new: met when a, safe are met",
        'feeds.0 is new: {"silent_after": "PT2H", "catch_up": "PT5M"}',
    ]
