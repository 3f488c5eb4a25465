"""What a policy surely does not mean is told with its field and a remedy."""

from pathlib import Path

import pytest

from streams.pages import parse_page
from streams.sla.policy.checking import doubts
from streams.sla.policy.load import compiled, document_of, load_policy, policy_page

POLICIES = Path(__file__).parents[4] / "streams" / "policies"
START_AND_STOP = "name: c, from: order_placed, until: delivered"


def told(clock: str, more: str = "") -> list[tuple[str, str]]:
    page = parse_page(f'policy: test\nversion: "1"\nclocks:\n  - {{{clock}}}\n{more}', "p.yaml")
    compiled(page)
    return [(doubt.path, doubt.what) for doubt in doubts(document_of(page))]


@pytest.mark.parametrize(
    ("clock", "field", "part"),
    [
        ("name: c, from: colonised, until: delivered, within: PT1H", "from", "can only start where scans carry"),
        ("name: c, from: order_placed, until: colonised, within: PT1H", "until", "can only stop where scans carry"),
        ("name: c, per: case, from: picked_up, until: delivered, within: PT1H", "from", "it never starts"),
        ("name: c, from: arrived, until: arrived, start: last, within: PT1H", "until", "it never stops"),
        (f"{START_AND_STOP}, ends: [delivered], within: PT1H", "ends", "delivered never ends it"),
        (f"{START_AND_STOP}, excused_by: delivered, within: PT1H", "excused_by", "delivered never excuses it"),
        (f"{START_AND_STOP}, within: PT1H, pause: [{{from: held, until: held}}]", "pause[0]", "both begins and ends"),
        (f"{START_AND_STOP}, within: [{{allow: PT2H}}, {{when: {{tier: A}}, allow: PT1H}}]", "within[1]", "line 1"),
        (
            f"{START_AND_STOP}, within: [{{when: {{tier: [A, B]}}, allow: P2D}}, {{when: {{tier: A}}, allow: P1D}}]",
            "within[1]",
            "never counts",
        ),
        (f"{START_AND_STOP}, within: [{{when: {{tier: A}}, add: PT1H}}]", "within", "it never runs"),
        (
            f"{START_AND_STOP}, within: [{{when: {{pieces: {{above: 5, below: 5}}}}, allow: PT1H}}]",
            "within[0].when.pieces",
            "it never holds",
        ),
        (f"{START_AND_STOP}, within: PT1H, warn: {{before: PT1H}}", "warn", "is before it starts"),
        (f"{START_AND_STOP}, within: PT1H, severity: critcal", "severity", "did you mean 'critical'?"),
        (f"{START_AND_STOP}, within: PT1H, severity: [{{is: info}}, {{is: warning}}]", "severity[1]", "never counts"),
        ("name: c, per: case, from: complaint.opened, until: delivered, within: PT1H", "until", "it never stops"),
        (f"{START_AND_STOP}, never: [lost, delivered]", "never", "delivered never stops it: it breaks it"),
        (f"{START_AND_STOP}, within: PT0S", "within", "due the moment it starts"),
        (
            f"{START_AND_STOP}, within: PT1H, severity: [{{when: {{weight_kg: heavy}}, is: info}}]",
            "severity[0].when.weight_kg",
            "it never holds for 'heavy': weight_kg is a number",
        ),
        (
            f"{START_AND_STOP}, within: PT1H, severity: [{{when: {{tier: [A, 1]}}, is: info}}]",
            "severity[0].when.tier",
            "it never holds for 1: tier is a text: quote",
        ),
        (f"{START_AND_STOP}, within: PT1H, objective: 0%", "objective", "always kept"),
        (f"{START_AND_STOP}, within: P180D", "within", "by then the shipment has expired; give shipment.expire more"),
        (
            f"{START_AND_STOP}, within: [{{allow: P1D, when: {{tier: A}}}}, {{allow: P181D}}]",
            "within[1]",
            "has expired",
        ),
    ],
)
def test_what_a_clock_surely_does_not_mean_is_told(clock: str, field: str, part: str) -> None:
    ((path, what),) = told(clock)
    assert path == f"$.clocks[0].{field}"
    assert part in what


@pytest.mark.parametrize(
    "within",
    [
        "[{allow: {appointment: pickup}}, {allow: PT2H}]",
        "[{allow: promised}, {allow: PT2H}]",
        "[{when: {pieces: {at_least: 5}}, allow: PT2H}, {when: {pieces: {at_least: 2}}, allow: PT1H}]",
        "[{when: {tier: {not: A}}, allow: PT2H}, {when: {tier: A}, allow: PT1H}]",
    ],
)
def test_a_rule_that_can_come_to_its_turn_is_not_doubted(within: str) -> None:
    assert told(f"{START_AND_STOP}, within: {within}") == []


@pytest.mark.parametrize(
    "clock",
    [
        f"{START_AND_STOP}, within: P181D, shift: -P2D",
        "name: c, from: delivered, until: returned, within: P200D",
        "name: c, per: case, from: complaint.opened, until: complaint.closed, within: P200D",
    ],
)
def test_what_may_be_due_after_the_expiry_is_not_doubted(clock: str) -> None:
    assert told(clock) == []


def test_a_calendar_that_nothing_uses_is_told() -> None:
    assert told(f"{START_AND_STOP}, within: PT1H", "calendars: {work: {country: CN}}")[0][0] == "$.calendars.work"


def test_stages_that_begin_alike_overlap() -> None:
    stages = "stages: [{name: a, from: accepted, until: departed, within: PT1H}, "
    stages += "{name: b, from: accepted, until: arrived, within: PT1H}]"
    ((path, what),) = told(f"{START_AND_STOP}, within: PT1H", stages)
    assert path == "$.stages[1].from"
    assert "overlaps with 'a'" in what


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_is_doubtful_in_the_policies_that_ship(file: Path) -> None:
    load_policy(file)
    assert [str(doubt) for doubt in doubts(document_of(policy_page(file)))] == []
