"""What is wrong with a page of promises is said with its line, its column and its field."""

from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.sla.policy import load_policy, parse_policy

POLICIES = Path(__file__).parents[3] / "streams" / "policies"
HEAD = 'policy: test\nversion: "1"\nclocks:\n'


@pytest.mark.parametrize(
    ("clock", "path", "part"),
    [
        ("{name: c, from: a, until: b, within: ^soon}", "$.clocks[0].within", "'soon' is not a duration"),
        ("{name: c, from: a, until: b, within: PT1H, grace: ^5m}", "$.clocks[0].grace", "is not a duration"),
        ("{name: ^C, from: a, until: b, within: PT1H}", "$.clocks[0].name", "regex"),
        ("^{name: c, until: b, within: PT1H}", "$.clocks[0].from", "needs the codes that start it"),
        ("^{name: c, from: a, within: PT1H}", "$.clocks[0].until", "needs the codes that stop it"),
        ("^{name: c, from: a, until: b}", "$.clocks[0]", "either `within` or `due`"),
        ("^{name: c, from: a, until: b, within: PT1H, due: promised}", "$.clocks[0]", "not both"),
        ("^{name: c, from: a, until: b, within: PT1H, colour: red}", "$.clocks[0]", "colour"),
        ("{name: c, from: a, until: b, per: ^planet, within: PT1H}", "$.clocks[0].per", "planet"),
        ("{name: c, from: ^registered, until: b, per: leg, within: PT1H}", "$.clocks[0].from", "not one per leg"),
        ("{name: c, from: ^any, until: b, within: PT1H}", "$.clocks[0].from", "`any` goes with `per: gap`"),
        ("{name: c, from: a, until: ^any, within: PT1H}", "$.clocks[0].until", "`any` goes with `per: gap`"),
        ("{name: c, from: a, until: b, due: ^plan}", "$.clocks[0].due", "`per: milestone`"),
        ("^{name: c, from: a, per: milestone, within: PT1H}", "$.clocks[0]", "from the plan"),
        ("{name: c, from: a, until: ^b, per: leg, within: plan}", "$.clocks[0].until", "leave `until` out"),
        ("{name: c, from: a, until: b, within: [^{add: PT1H, allow: PT1H}]}", "$.clocks[0].within[0]", "not both"),
        (
            "{name: c, from: a, until: b, within: [{when: {colour: ^red}, allow: PT1H}]}",
            "$.clocks[0].within[0].when.colour",
            "no such attribute: 'colour'; there are case.kind, ",
        ),
    ],
)
def test_a_clock_that_makes_no_sense_is_located(clock: str, path: str, part: str) -> None:
    """A caret stands before what is wrong."""
    column = len("  - ") + clock.index("^") + 1
    with pytest.raises(PolicyError) as caught:
        parse_policy(f"{HEAD}  - {clock.replace('^', '')}\n", source="page.yaml")
    assert str(caught.value).startswith(f"page.yaml:4:{column}: {path}: "), str(caught.value)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("page", "start"),
    [
        ("policy: [\n", "page.yaml:2:1: this is not YAML"),
        ("policy: a\npolicy: b\n", "page.yaml:2:1: this is not YAML: the key 'policy' is there twice"),
        ("", "page.yaml:1:1: $: "),
        ("- a\n", "page.yaml:1:1: $: "),
        ('policy: p\nversion: "1"\nclocks: []\n', "page.yaml:3:9: $.clocks: "),
        (f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H}}\ntime_zone: Mars\n", "page.yaml:5:12: $.time_zone: "),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H}}\nshipment: {{settle: 5}}\n",
            "page.yaml:5:20: $.shipment.settle: ",
        ),
    ],
)
def test_a_page_that_makes_no_sense_is_located(page: str, start: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(page, source="page.yaml")
    assert str(caught.value).startswith(start), str(caught.value)


def test_two_clocks_of_one_name_are_one_too_many() -> None:
    clock = "  - {name: c, from: a, until: b, within: PT1H}\n"
    with pytest.raises(PolicyError, match=r"policy:5:12: \$\.clocks\[1\]\.name: the clock 'c' is there twice"):
        parse_policy(HEAD + clock * 2)


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.yaml: cannot be read"):
        load_policy(tmp_path / "nowhere.yaml")


def test_the_digest_is_that_of_the_content_and_not_of_its_form() -> None:
    clock = "  - {name: c, from: a, until: b, within: PT1H}\n"
    other = "  - name: c\n    within: PT1H  # an hour\n    until: b\n    from: a\n"
    assert parse_policy(HEAD + clock).digest == parse_policy(HEAD + other).digest
    assert parse_policy(HEAD + clock).digest != parse_policy(HEAD + clock.replace("PT1H", "PT2H")).digest


@pytest.mark.parametrize("page", sorted(POLICIES.glob("*.yaml")), ids=lambda page: page.stem)
def test_every_policy_that_ships_is_sound(page: Path) -> None:
    assert load_policy(page).clocks


def test_a_code_concerns_only_the_clocks_that_name_it() -> None:
    policy = parse_policy(
        HEAD
        + "  - {name: promise, from: registered, until: delivered, due: promised}\n"
        + "  - {name: stalled, per: gap, from: any, until: any, within: PT48H}\n"
    )
    assert [clock.name for clock, _ in policy.touched_by_others] == ["stalled"]


def test_a_code_that_is_nearly_one_of_ours_is_taken_for_a_slip_of_the_pen() -> None:
    with pytest.raises(PolicyError, match="did you mean 'delivered'"):
        parse_policy('policy: p\nversion: "1"\nclocks:\n  - {name: c, from: accepted, until: deliverd, within: PT1H}\n')
    parse_policy('policy: p\nversion: "1"\nclocks:\n  - {name: c, from: accepted, until: BEAMED-UP, within: PT1H}\n')
