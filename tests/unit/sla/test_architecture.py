"""The domain is pure, and modules are small."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[3]
FORBIDDEN = {"faust", "aiokafka", "asyncio", "logging", "mode", "structlog", "socket", "threading", "time", "random"}
DOMAIN = sorted((ROOT / "streams" / "sla").rglob("*.py"))
PACKAGES = ("agents", "bench", "schemas", "streams")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, with full names; `from a import b` counts as `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files_of(module: str) -> list[Path]:
    """The file of a module of ours and those of the packages around it, which are imported with it."""
    parts = module.split(".")
    found = [ROOT.joinpath(*parts[:count], "__init__.py") for count in range(1, len(parts) + 1)]
    found.append(ROOT.joinpath(*parts).with_suffix(".py"))
    return [path for path in found if path.exists()]


def reached(path: Path) -> dict[str, Path]:
    """Every module that a file imports, directly or through modules of ours, and who imports it."""
    found: dict[str, Path] = {}
    waiting = [path]
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for module in imports(file):
            found.setdefault(module, file)
            if module.split(".")[0] in PACKAGES:
                waiting += files_of(module)
    return found


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT / "streams" / "sla")))
def test_the_domain_imports_neither_kafka_nor_faust_nor_asyncio_nor_logging_nor_a_clock(path: Path) -> None:
    wrong = {
        module: str(importer.relative_to(ROOT))
        for module, importer in reached(path).items()
        if module.split(".")[0] in FORBIDDEN
    }
    assert wrong == {}


def test_the_walk_finds_what_is_imported_through_others() -> None:
    assert "asyncio" in reached(ROOT / "streams" / "assembly.py")


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT / "streams" / "sla")))
def test_the_domain_reads_no_clock(path: Path) -> None:
    called = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "utcnow", "today"}


def test_modules_are_small() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert len(sizes) > 100
    assert median(sizes.values()) <= 150
    assert {name: size for name, size in sizes.items() if size > 400} == {}
