import pytest
from click.testing import CliRunner

from bench.core import main, measure
from bench.demo_load import DemoLoad
from bench.express_load import ExpressLoad
from bench.lone_core import LoneCore


def test_a_lone_core_takes_its_whole_load_and_no_more() -> None:
    core = LoneCore(ExpressLoad(8_000))
    core.take(1)
    assert 0 < core.scans < 8_000
    core.take(10_000)
    assert core.scans == 8_000
    assert core.seconds > 0
    assert 0 < core.open < 8_000 / 5


def test_the_digest_of_what_a_core_says_tells_loads_apart_and_nothing_else() -> None:
    digests = [str(measure(load)[1]) for load in (ExpressLoad(1_000), ExpressLoad(1_000), ExpressLoad(1_200))]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("name", ["express", "demo"])
def test_the_cost_of_one_load_or_of_both_is_printed(name: str) -> None:
    one, both = (CliRunner().invoke(main, ["--scans", "1000", *only]) for only in (["--only", name], []))
    assert one.exit_code == both.exit_code == 0
    (line,) = one.output.splitlines()
    assert line.startswith(f"{name}: ")
    assert len(both.output.splitlines()) == 2
    core, digest = measure((DemoLoad if name == "demo" else ExpressLoad)(1_000))
    said = f"{core.scans} scans, {digest.outputs} outputs, digest {digest}"
    assert line.endswith(said)
    assert said in both.output
