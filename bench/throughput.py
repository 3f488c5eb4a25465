"""One load profile from beginning to end: write, judge, verify, restore."""

from dataclasses import dataclass

from bench import plain
from bench.errors import BenchFailed
from bench.final_state import read_state
from bench.idle import Idle
from bench.load import Load
from bench.loading import load
from bench.progress import follow
from bench.rates import FIRST_QUARTER, LAST_QUARTER, Sample, cpu_per_100k, rate, under_way
from bench.restoring import Restore, from_compacted, restart
from bench.scrape import counted
from bench.site import Site
from bench.told import read_outputs
from bench.verification import differences
from streams.kafka.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What one profile came to."""

    scans: int
    registrations: int
    seconds: float
    """From the start of reading to the last commit."""
    scans_per_s: float
    first_quarter_per_s: float
    last_quarter_per_s: float
    cpu_s_per_100k: float
    aborted: int
    """Transactions that the worker gave up and did again: the machine had other things to do."""
    outputs: int
    open: int
    """Shipments under way at the end."""
    kept: int
    """Shipments in the state at the end, those included that have just been closed."""
    state_bytes: int
    """Mean bytes of a state value."""
    bytes_per_shipment: float
    bytes_per_restored_shipment: float
    """The same for a worker that has only restored this state: without what work leaves behind in the allocator."""
    peak_rss: int
    restore: Restore
    restore_compacted: Restore
    faust: plain.PlainFaust | None

    @property
    def last_quarter_ratio(self) -> float:
        """Rate over the last quarter of the scans, divided by that over the first."""
        return self.last_quarter_per_s / self.first_quarter_per_s

    @property
    def scans_per_shipment(self) -> float:
        """Scans for each registration: how far the journeys had come."""
        return self.scans / self.registrations

    @property
    def outputs_per_scan(self) -> float:
        """Records written to the output topics for each scan."""
        return self.outputs / self.scans


async def measure(site: Site, name: str, profile: Load, idle: Idle, faust_s: float = 0.0) -> Throughput:
    """Measure a profile; with `faust_s` plain Faust counts the same scans for so many seconds afterwards.

    Raises:
        BenchFailed: the results are wrong, or the worker came to a halt.
    """
    names = Names(f"bench-{name}")
    say = site.console.print
    async with site.topics(names.namespace, "replay"):
        say(f"{name}: writing the input …", style="dim")
        loaded = await load(site.servers, names, site.partitions, profile.records())
        say(f"{name}: {loaded.scans:,} scans, {loaded.registrations:,} registrations; judging …", style="dim")
        with site.worker(names.namespace, "replay", profile.policy) as worker:
            worker.start()
            await worker.restored(site.partitions)
            samples = await follow(site, worker, names, loaded)
            by_worker = await counted(worker, loaded.scans)
            say(f"{name}: restarting …", style="dim")
            restore = await restart(worker, site.partitions)
        say(f"{name}: verifying …", style="dim")
        expected = profile.expected()
        told = await read_outputs(site.servers, names, site.partitions, expected.sampled_shipments)
        state = await read_state(site.servers, names, site.partitions)
        kept_open = state.open()
        wrong = list(differences(expected, told, scans=loaded.scans, counted=by_worker, kept_open=kept_open))
        if wrong:
            raise BenchFailed(f"The results of the {name} profile are wrong: {'; '.join(wrong)}.")
        faust = await plain.count(site, names, faust_s) if faust_s else None
        compacted = await from_compacted(site, state, profile)
    busy: list[Sample] = list(under_way(samples))
    return Throughput(
        scans=loaded.scans,
        registrations=loaded.registrations,
        seconds=busy[-1].at - busy[0].at,
        scans_per_s=rate(busy, 0, 1),
        first_quarter_per_s=rate(busy, *FIRST_QUARTER),
        last_quarter_per_s=rate(busy, *LAST_QUARTER),
        cpu_s_per_100k=cpu_per_100k(busy),
        aborted=by_worker.aborted,
        outputs=told.records,
        open=kept_open,
        kept=state.shipments,
        state_bytes=round(state.value_bytes / max(1, state.shipments)),
        bytes_per_shipment=(samples[-1].rss - idle.rss) / max(1, kept_open),
        bytes_per_restored_shipment=(compacted.rss - idle.rss_at_start) / max(1, kept_open),
        peak_rss=max(sample.rss for sample in samples),
        restore=restore,
        restore_compacted=compacted,
        faust=faust,
    )
