"""Reference pages say what the code says: settings, metrics, reasons, codes, kinds and decision records."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from prometheus_client import CollectorRegistry

from streams import errors
from streams.cli import main
from streams.intake import rejection
from streams.kafka import errors as kafka_errors
from streams.metrics import catalogue
from streams.settings import Settings, variable
from streams.sla import refusal
from streams.sla.policy import document

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def rows(name: str) -> list[list[str]]:
    """Cells of all table rows of a page, without the marks of code."""
    found = []
    for line in page(name).splitlines():
        if line.startswith("| "):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            found.append([cell.strip().replace("`", "") for cell in cells])
    return found


def metrics() -> dict[str, tuple[str, str, str]]:
    """Type, labels and sentence of every metric, by the name that Prometheus sees."""
    found = {}
    for metric in vars(catalogue.Catalogue(CollectorRegistry())).values():
        family = next(iter(metric.describe()))
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = (family.type, ", ".join(metric._labelnames) or "-", family.documentation)
    for gauge in vars(catalogue).values():
        if isinstance(gauge, catalogue.GaugeOf):
            kind = "counter" if gauge.name.endswith("_total") else "gauge"
            found[gauge.name] = (kind, ", ".join(gauge.labels) or "-", gauge.sentence)
    return found


def shown(default: Any) -> str:
    return "unset" if default is None else str(default)


def test_settings_are_all_there_with_their_defaults() -> None:
    table = {row[0]: row[1] for row in rows("settings.md") if row[0].startswith("SHIPCLOCK_")}
    assert table == {variable(name): shown(field.default) for name, field in Settings.__dataclass_fields__.items()}


def test_bounds_of_settings_are_told() -> None:
    table = {row[0]: row[2] for row in rows("settings.md") if row[0].startswith("SHIPCLOCK_")}
    for name, field in Settings.__dataclass_fields__.items():
        bounds = re.search(r"from (\S+) to (\S+)$", field.metadata.get("remedy", ""))
        if bounds:
            low, high = bounds.groups()
            assert f"{low} to {int(float(high))}" in table[variable(name)], name


def test_metrics_are_all_there_as_the_catalogue_has_them() -> None:
    table = {row[0]: tuple(row[1:]) for row in rows("metrics.md") if re.fullmatch(r"shipclock_\w+", row[0])}
    assert table == metrics()


@pytest.mark.parametrize(
    "name", [path.relative_to(DOCS.parent).as_posix() for path in DOCS.rglob("*.md")] + ["README.md"]
)
def test_every_metric_that_a_page_names_exists(name: str) -> None:
    text = (DOCS.parent / name).read_text("utf-8")
    for metric in re.findall(r"\bshipclock_[a-z_]+[a-z]", text):
        assert re.sub(r"_(bucket|sum|count)$", "", metric) in metrics(), metric


def test_every_reason_and_flag_has_a_row() -> None:
    table = " ".join(cell for row in rows("bad-input.md") for cell in row)
    reasons = {value for module in (rejection, refusal) for name, value in vars(module).items() if name.isupper()}
    assert reasons
    for reason in reasons:
        assert reason in table
    assert set(re.findall(r"(?:rejected|flag) ([a-z]+(?:-[a-z]+)*)", table)) == reasons


def test_every_field_of_a_policy_is_told_with_its_default() -> None:
    table = {row[0]: row[1:] for row in rows("policy.md")}
    for part in (document.PolicyDocument, document.ClockDocument, document.LifecycleDocument):
        for field in msgspec.structs.fields(part):
            assert field.encode_name in table, field.encode_name
    for field in msgspec.structs.fields(document.LifecycleDocument):
        if field.default is not None:
            assert table[field.encode_name][0] == field.default


def test_every_exit_code_is_told_alike_by_the_help_and_the_page() -> None:
    table = {int(row[0]) for row in rows("operations.md") if row[0].isdecimal()}
    used = {
        error.exit_code
        for module in (errors, kafka_errors)
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, errors.ShipclockError)
    }
    assert table == used | {0}
    told = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for code in table:
        assert re.search(rf"[:;] {code} \w", told), code


def test_every_decision_record_is_in_the_list() -> None:
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", page("decisions/README.md"))
    assert listed == sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    for name in listed:
        assert f"# {name[:4]} " in page(f"decisions/{name}")
        assert "**Choice.**" in page(f"decisions/{name}")
        assert "**Why.**" in page(f"decisions/{name}")
