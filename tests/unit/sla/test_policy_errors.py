"""What is wrong with a page of promises is said with its line, its column and its field."""

import random
import re
from pathlib import Path

import msgspec
import pytest

from streams.errors import PolicyError
from streams.mapping.document import MappingDocument
from streams.misfits import FORMS
from streams.pages import Value, parse_page
from streams.sla.policy import load_policy, parse_policy
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.every_error import every_error
from streams.sla.policy.load import compiled, policy_page

POLICIES = Path(__file__).parents[3] / "streams" / "policies"
HEAD = 'policy: test\nversion: "1"\nclocks:\n'


def told(text: str) -> list[str]:
    """All errors of a page."""
    return [str(error) for error in every_error(parse_page(text, "page.yaml"))]


@pytest.mark.parametrize(
    ("clock", "path", "part"),
    [
        ("{name: c, from: a, until: b, within: ^soon}", "$.clocks[0].within", "'soon' is not a duration"),
        ("{name: c, from: a, until: b, within: PT1H, grace: ^5m}", "$.clocks[0].grace", "is not a duration"),
        ("{name: c, from: a, until: b, within: ^P3654D}", "$.clocks[0].within", "'P3654D' is longer than ten years"),
        ("{name: c, from: a, until: b, within: ^P999999999D}", "$.clocks[0].within", "longer than ten years"),
        ("{name: c, from: a, until: b, within: PT1H, shift: ^-P800000D}", "$.clocks[0].shift", "longer than ten years"),
        (
            "{name: c, from: a, until: b, within: PT1H, grace: ^P99999999D}",
            "$.clocks[0].grace",
            "longer than ten years",
        ),
        (
            "{name: c, from: a, until: b, within: [{add: ^P4000D}]}",
            "$.clocks[0].within[0].add",
            "longer than ten years",
        ),
        ("{name: c, from: a, until: b, within: PT1H, warn: {before: ^P4000D}}", "$.clocks[0].warn.before", "ten years"),
        *(
            (
                (
                    "{name: c, from: a, until: b, within: PT1H, compensate: "
                    f"[{{pay: {{{term}: ^{number}, currency: EUR}}, rule: r}}]}}"
                ),
                f"$.clocks[0].compensate[0].pay.{term}",
                said,
            )
            for term in ("freight", "value", "amount")
            for number, said in (("-3", "is negative"), (".inf", "out of reach"), (".nan", "out of reach"))
        ),
        (
            (
                "{name: c, from: a, until: b, within: PT1H, compensate: "
                "[{pay: {amount: ^1e+300, currency: EUR}, rule: late}]}"
            ),
            "$.clocks[0].compensate[0].pay.amount",
            "out of reach; give a number of at most 10^15",
        ),
        (
            (
                "{name: c, from: a, until: b, within: PT1H, compensate: "
                "[{pay: {freight: 1}, cap: {value: ^-1}, rule: late}]}"
            ),
            "$.clocks[0].compensate[0].cap.value",
            "is negative; give 0 or more",
        ),
        (
            "{name: c, from: a, until: b, within: [{when: {pieces: {at_least: ^.nan}}, allow: PT1H}]}",
            "$.clocks[0].within[0].when.pieces.at_least",
            "out of reach",
        ),
        ("{name: ^C, from: a, until: b, within: PT1H}", "$.clocks[0].name", "lower-case letters"),
        ("^{name: c, until: b, within: PT1H}", "$.clocks[0].from", "needs the codes that start it"),
        ("^{name: c, from: a, within: PT1H}", "$.clocks[0].until", "needs the codes that stop it"),
        ("^{name: c, from: a, until: b}", "$.clocks[0]", "either `within` or `due`"),
        ("^{name: c, from: a, until: b, within: PT1H, due: promised}", "$.clocks[0]", "not both"),
        ("{name: c, from: a, until: b, within: PT1H, colour: ^red}", "$.clocks[0].colour", "no such field: 'colour'"),
        ("{name: c, from: a, until: b, per: ^planet, within: PT1H}", "$.clocks[0].per", "planet"),
        ("{name: c, from: ^registered, until: b, per: leg, within: PT1H}", "$.clocks[0].from", "not one per leg"),
        ("{name: c, from: ^any, until: b, within: PT1H}", "$.clocks[0].from", "`any` goes with `per: gap`"),
        ("{name: c, from: a, until: ^any, within: PT1H}", "$.clocks[0].until", "`any` goes with `per: gap`"),
        (
            "{name: c, from: a, until: b, ends: ^[expired], within: PT1H}",
            "$.clocks[0].ends",
            "`expired` is a reason of our own",
        ),
        (
            "{name: c, from: a, until: b, excused_by: ^[expired], within: PT1H}",
            "$.clocks[0].excused_by",
            "`expired` is a reason of our own",
        ),
        ("{name: c, from: a, until: b, never: ^reopened}", "$.clocks[0].never", "`reopened` is a reason of our own"),
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
    assert told(f"{HEAD}  - {clock.replace('^', '')}\n") == [str(caught.value)]


@pytest.mark.parametrize(
    ("page", "start"),
    [
        ("policy: [\n", "page.yaml:2:1: this is not YAML"),
        ("policy: a\npolicy: b\n", "page.yaml:2:1: this is not YAML: the key 'policy' is there twice"),
        ("", "page.yaml:1:1: $: "),
        ("- a\n", "page.yaml:1:1: $: "),
        ('policy: p\nversion: "1"\nclocks: []\n', "page.yaml:3:9: $.clocks: "),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H}}\ntime_zone: Asia/Shangai\n",
            "page.yaml:5:12: $.time_zone: no such time zone: 'Asia/Shangai': did you mean 'Asia/Shanghai'?",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H}}\ntime_zone: '?'\n",
            "page.yaml:5:12: $.time_zone: no such time zone: '?'; give an IANA name such as Asia/Shanghai",
        ),
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


def test_a_shipment_may_stay_open_for_ten_years() -> None:
    clock = "  - {name: c, from: a, until: b, within: P3653D, shift: -P3653D}\n"
    assert parse_policy(f"{HEAD}{clock}shipment: {{expire: P3650D}}\n").lifecycle.expire == 3650 * 86_400_000


def test_working_time_and_feeds_are_no_longer_than_ten_years_either() -> None:
    page = (
        f"{HEAD}  - {{name: c, from: a, until: b, within: {{working: P99999D, calendar: w}}}}\n"
        'calendars: {w: {hours: "09:00-17:00"}}\nfeeds: [{silent_after: P99999D}]\nshipment: {settle: P99999D}\n'
    )
    assert {error.split(": ")[1] for error in told(page)} == {
        "$.clocks[0].within.working",
        "$.feeds[0].silent_after",
        "$.shipment.settle",
    }


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("policy: p\nversion: ^1\n", '$.version: 1 is a number, and a text is wanted: quote it: "1"'),
        ("policy: p\nversion: ^true\n", "$.version: true is no text, and a text is wanted: quote it"),
        ('^policy: p\nversion: "1"\n', "$: the field 'clocks' is missing: add it"),
        ('policy: p\nversion: "1"\nclocks: ^[]\n', "$.clocks: give at least 1 line"),
        ('policy: p\nversion: "1"\nclock: ^[]\n', "$.clock: no such field: 'clock'; did you mean 'clocks'?"),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: ^5}}\n",
            "$.clocks[0].within: 5 is no duration: give one such as PT24H, a mapping or a list",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H, objective: ^120%}}\n",
            "$.clocks[0].objective: '120%' has another form; a share is between 0% and 100%: 98.5%",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: {{days: ^400}}}}\n",
            "$.clocks[0].within.days: give 366 or less",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H, start: ^fist}}\n",
            "$.clocks[0].start: no such choice: 'fist'; did you mean 'first'?",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H, warn: ^5}}\n",
            "$.clocks[0].warn: give a mapping or a list, not a whole number",
        ),
        (
            f"{HEAD}  - {{name: c, from: a, until: b, within: PT1H}}\ncalendars: {{w: {{}}, z: {{cuntry: ^CN}}}}\n",
            "$.calendars.z.cuntry: no such field: 'cuntry'; did you mean 'country'?",
        ),
        (f"{HEAD}  - {{name: c, all_of: [^zz]}}\n", "$.clocks[0].all_of[0]: no such clock: 'zz'; there is no other"),
    ],
)
def test_what_does_not_fit_is_told_in_words_with_a_remedy(page: str, message: str) -> None:
    """A caret stands before what is wrong."""
    before = page.partition("^")[0]
    place = f"page.yaml:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    with pytest.raises(PolicyError) as caught:
        parse_policy(page.replace("^", ""), source="page.yaml")
    assert str(caught.value) == f"{place}: {message}"
    assert str(caught.value) in told(page.replace("^", ""))


def test_every_form_that_a_document_asks_for_is_told_in_words() -> None:
    asked = set(
        re.findall(
            r"\'pattern\': \'(.*?)\'[,}]",
            str([msgspec.json.schema(PolicyDocument), msgspec.json.schema(MappingDocument)]),
        )
    )
    assert {one.replace("\\\\", "\\") for one in asked} == set(FORMS)


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
    assert every_error(policy_page(page)) == []


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


@pytest.mark.parametrize("code", ["DELIVERED", "Delivered", "dELIVERED"])
def test_a_code_of_ours_in_another_case_is_taken_for_a_slip_of_the_pen(code: str) -> None:
    with pytest.raises(PolicyError, match=f"no scan carries the code '{code}': did you mean 'delivered'"):
        parse_policy(f"{HEAD}  - {{name: c, from: accepted, until: {code}, within: PT1H}}\n")


BAD = """\
policy: mine
version: "1"
time_zone: Mars/Base
colour: red
calendars:
  work: {country: XX}
  branch: {hours: "25:00-26:00"}
clocks:
  - {name: A, from: picked_up, until: delivered, within: PT1H}
  - name: door
    from: picked_upp
    until: deliverd
    within:
      - {when: {tierr: A}, allow: PT1H}
      - {allow: soon}
      - {add: {working_days: 2, calendar: wrk}}
    grace: 5m
    warn: {before: x}
    shade: blue
    objective: 120%
  - {name: door, from: a, until: b, within: {working: PT1H, calendar: branch}}
  - {name: leg, per: leg, from: order_placed, until: b, within: plan}
  - {name: perfect, all_of: [door, dor, nowhere]}
  - {name: both, from: a, until: b}
  - seven
stages:
  - {name: s, from: accepted, until: deliverd, within: PT1H}
  - {name: t, from: accepted, until: delivered}
feeds:
  - {silent_after: x}
scorecards: {veto: [nothing, door]}
shipment: {settle: 5, retention: x}
"""


def test_all_errors_of_a_page_are_told_in_the_order_of_its_lines() -> None:
    assert [error.removeprefix("page.yaml:").split(": ")[:2] for error in told(BAD)] == [
        ["3:12", "$.time_zone"],
        ["4:9", "$.colour"],
        ["6:19", "$.calendars.work.country"],
        ["7:19", "$.calendars.branch.hours"],
        ["9:12", "$.clocks[0].name"],
        ["11:11", "$.clocks[1].from"],
        ["12:12", "$.clocks[1].until"],
        ["14:24", "$.clocks[1].within[0].when.tierr"],
        ["15:17", "$.clocks[1].within[1].allow"],
        ["16:43", "$.clocks[1].within[2].add.calendar"],
        ["17:12", "$.clocks[1].grace"],
        ["18:20", "$.clocks[1].warn.before"],
        ["19:12", "$.clocks[1].shade"],
        ["20:16", "$.clocks[1].objective"],
        ["21:12", "$.clocks[2].name"],
        ["22:54", "$.clocks[3].until"],
        ["23:36", "$.clocks[4].all_of[1]"],
        ["23:41", "$.clocks[4].all_of[2]"],
        ["24:5", "$.clocks[5]"],
        ["25:5", "$.clocks[6]"],
        ["27:38", "$.stages[0].until"],
        ["28:5", "$.stages[1]"],
        ["30:20", "$.feeds[0].silent_after"],
        ["31:21", "$.scorecards.veto[0]"],
        ["32:20", "$.shipment.settle"],
        ["32:34", "$.shipment.retention"],
    ]


def test_what_stands_in_for_a_part_that_is_wrong_is_not_spoken_of() -> None:
    assert "unreadable" not in " ".join(told(BAD))
    assert told('policy: p\nversion: "1"\nclocks: [7]\nscorecards: {veto: [safe]}\n') == [
        "page.yaml:3:10: $.clocks[0]: give a mapping, not a whole number",
        "page.yaml:4:21: $.scorecards.veto[0]: no such clock: 'safe'; there is no other",
    ]


def test_what_refers_to_a_part_that_is_wrong_is_no_error() -> None:
    calendars = 'calendars: {work: {hours: "9-18"}}\n'
    clocks = (
        "  - {name: c, from: a, until: b, within: {working: PT9H, calendar: work}}\n"
        "  - {name: d, from: a, until: b, within: soon}\n"
        "  - {name: both, all_of: [c, d]}\n"
    )
    paths = [error.split(": ")[1] for error in told(HEAD + clocks + calendars + "scorecards: {veto: [d]}\n")]
    assert paths == ["$.clocks[1].within", "$.calendars.work.hours"]


def test_a_sum_of_promises_may_not_have_another_among_its_clocks() -> None:
    clocks = (
        "  - {name: c, from: a, until: b, within: PT9H}\n  - {name: one, all_of: [c]}\n  - {name: two, all_of: [one]}\n"
    )
    assert [error.split(": ")[1] for error in told(HEAD + clocks)] == ["$.clocks[2].all_of[0]"]


@pytest.mark.parametrize("seed", range(60))
def test_a_page_has_errors_where_it_cannot_be_read_and_the_first_that_reading_finds_is_among_them(seed: int) -> None:
    choose = random.Random(seed)
    page = policy_page(POLICIES / choose.choice(["carrier.yaml", "air-freight.yaml", "marketplace.yaml"]))
    for _ in range(choose.randrange(1, 6)):
        _spoil(page, choose)
    found = [str(one) for one in every_error(page)]
    first = _first_error(page)
    assert first in found if first else found == []


def _first_error(page: Value) -> str | None:
    try:
        compiled(page)
    except PolicyError as error:
        return str(error)
    return None


def _spoil(page: Value, choose: random.Random) -> None:
    """Something on the page is gone, or is something else."""
    while isinstance(page.content, dict | list) and page.content:
        places = list(page.content) if isinstance(page.content, dict) else list(range(len(page.content)))
        place = choose.choice(places)
        if choose.random() < 0.2:
            del page.content[place]
            return
        page = page.content[place]
    inner = Value("x", page.place)
    page.content = choose.choice(["PT-1H", "x", 5, None, "A B", {"x": inner}, [inner], "door", "deliverd", True])
