"""Control records that no partition would take are not written."""

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.cli.publish import ranges

SINCE = ("--from", "2026-11-01T00:00:00Z")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("", "--region", "A", *SINCE), "$.id"),
        (("t", "--region", "A" * 300, *SINCE), "$.regions"),
        (("t", "--region", "A", *SINCE, "--revision", "99999999999"), "$.revision"),
    ],
)
def test_a_suspension_that_breaks_the_contract_is_refused_before_anybody_is_asked(
    arguments: tuple[str, ...], field: str
) -> None:
    result = CliRunner().invoke(main, ["suspend", *arguments, "--bootstrap-servers", "127.0.0.1:1"])
    assert result.exit_code == 2
    assert "every partition would reject such a record" in " ".join(result.output.split())
    assert field in result.output


@pytest.mark.parametrize("region", ["", "  "])
def test_an_empty_text_is_no_region(region: str) -> None:
    result = CliRunner().invoke(main, ["suspend", "t", "--region", "A", "--region", region, *SINCE])
    assert result.exit_code == 2
    assert "an empty text is no region" in result.output


def test_no_broker_is_told_with_a_remedy() -> None:
    result = CliRunner().invoke(main, ["suspend", "t", "--region", "A", *SINCE, "--bootstrap-servers", "127.0.0.1:1"])
    assert result.exit_code == 4
    assert "No Kafka broker answers at 127.0.0.1:1" in result.output


def test_only_what_is_lifted_needs_no_region() -> None:
    told = CliRunner().invoke(main, ["suspend", "t", "--region", "A"])
    assert told.exit_code == 2
    assert "say which regions and since when: --region, --from" in " ".join(told.output.split())
    lifted = CliRunner().invoke(main, ["suspend", "t", "--lift", "--bootstrap-servers", "127.0.0.1:1"])
    assert lifted.exit_code == 4


@pytest.mark.parametrize(("numbers", "said"), [((3,), "3"), ((0, 1, 2, 5, 7, 8), "0-2,5,7-8"), ((0, 2), "0,2")])
def test_partitions_that_go_by_the_same_are_named_in_few_characters(numbers: tuple[int, ...], said: str) -> None:
    assert ranges(numbers) == said
