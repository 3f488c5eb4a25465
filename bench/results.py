"""All figures of a run, and as one flat object for scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.backtest import Cost
from bench.comparison import Contender
from bench.growth import Growth
from bench.idle import Idle
from bench.latency import Latency, Spread
from bench.plain import PlainFaust
from bench.rebalance import Pauses
from bench.throughput import Throughput
from streams.build import is_native

Figure = float | int | str | bool


@dataclass(slots=True, kw_only=True)
class Results:
    """What was measured; None is what was not asked for."""

    cores: str
    partitions: int
    idle: Idle | None = None
    express: Throughput | None = None
    demo: Throughput | None = None
    faust: PlainFaust | None = None
    latency: Latency | None = None
    comparison: Sequence[Contender] = ()
    """The first is what the others are compared with."""
    backtest: Cost | None = None
    growth: Growth | None = None
    rebalance: Pauses | None = None

    @property
    def by_worker(self) -> bool:
        """Whether workers have said anything."""
        return any((self.express, self.demo, self.latency, self.rebalance, self.comparison))

    @property
    def worker_growth(self) -> float | None:
        """What a scan costs a worker with many shipments open, for what it costs with few, at most.

        What the core pays for many is taken in full off the cost of a scan of express, which had fewer open.
        """
        if self.express is None or self.growth is None:
            return None
        us = self.express.cpu_s_per_100k * 10
        return us / (us - max(self.growth.us_with_many - self.growth.us_with_few, 0))

    def flat(self) -> dict[str, Figure]:
        """Every figure under a name of its own.

        Where workers have said anything it is `verified`: what is wrong never gets here.
        """
        figures: dict[str, Figure] = {"cores": self.cores, "partitions": self.partitions, "native": is_native()}
        if self.idle is not None:
            figures |= {"empty_start_s": round(self.idle.start_s, 2), "empty_rss_bytes": self.idle.rss}
        if self.express is not None:
            figures |= _throughput(self.express)
        if self.demo is not None:
            demo = _throughput(self.demo)
            figures["demo_profile_scans_per_s"] = demo.pop("scans_per_s")
            figures |= {f"demo_{name}": figure for name, figure in demo.items()}
        if self.faust is not None:
            figures["faust_scans_per_s"] = round(self.faust.scans_per_s)
            if self.express is not None:
                figures["ratio_to_faust"] = round(self.express.scans_per_s / self.faust.scans_per_s, 1)
        if self.latency is not None:
            figures |= _latency(self.latency)
        figures |= _comparison(self.comparison)
        if self.backtest is not None:
            figures |= _backtest(self.backtest)
        if self.growth is not None:
            figures |= _growth(self.growth, self.worker_growth)
        if self.rebalance is not None:
            figures |= _rebalance(self.rebalance)
        return figures | ({"verified": True} if self.by_worker else {})


def _throughput(measured: Throughput) -> dict[str, Figure]:
    return {
        "scans_per_s": round(measured.scans_per_s),
        "scans": measured.scans,
        "registrations": measured.registrations,
        "scans_per_shipment": round(measured.scans_per_shipment, 2),
        "seconds": round(measured.seconds, 2),
        "first_quarter_scans_per_s": round(measured.first_quarter_per_s),
        "last_quarter_scans_per_s": round(measured.last_quarter_per_s),
        "last_quarter_ratio": round(measured.last_quarter_ratio, 3),
        "cpu_s_per_100k": round(measured.cpu_s_per_100k, 3),
        "aborted_transactions": measured.aborted,
        "outputs_per_scan": round(measured.outputs_per_scan, 3),
        "open_shipments": measured.open,
        "kept_shipments": measured.kept,
        "bytes_per_shipment": round(measured.bytes_per_shipment),
        "bytes_per_restored_shipment": round(measured.bytes_per_restored_shipment),
        "state_bytes_per_shipment": measured.state_bytes,
        "peak_rss_bytes": measured.peak_rss,
        "restore_s": round(measured.restore.seconds, 2),
        "restore_entries": measured.restore.entries,
        "restore_s_per_million": round(measured.restore.per_million(measured.open), 2),
        "restore_compacted_s_per_million": round(measured.restore_compacted.per_million(measured.open), 2),
    }


def _latency(measured: Latency) -> dict[str, Figure]:
    spreads: dict[str, Spread] = {
        "alert_latency": measured.alert,
        "alert_read_latency": measured.alert_read,
        "notice_latency": measured.notice,
        "outcome_latency": measured.outcome,
        "outcome_read_latency": measured.outcome_read,
    }
    figures: dict[str, Figure] = {"alerts": measured.alerts}
    for name, spread in spreads.items():
        figures |= {f"{name}_p50_ms": round(spread.p50), f"{name}_p99_ms": round(spread.p99)}
    return figures


def _backtest(measured: Cost) -> dict[str, Figure]:
    return {
        "backtest_events": measured.events,
        "backtest_cpu_us_per_event": round(measured.cpu_us_per_event, 2),
        "backtest_s": round(measured.seconds, 2),
        "backtest_jobs": measured.jobs,
        "backtest_together_s": round(measured.seconds_together, 2),
        "backtest_together_s_per_million": round(measured.seconds_together / measured.events * 1e6, 2),
        "backtest_peak_rss_bytes": round(measured.peak_rss_mb * 1e6),
    }


def _growth(measured: Growth, worker: float | None) -> dict[str, Figure]:
    whole: dict[str, Figure] = {} if worker is None else {"growth_worker_cost_ratio": round(worker, 3)}
    return whole | {
        "growth_few_open": measured.few,
        "growth_many_open": measured.many,
        "core_us_per_scan_few_open": round(measured.us_with_few, 2),
        "core_us_per_scan_many_open": round(measured.us_with_many, 2),
        "growth_cost_ratio": round(measured.ratio, 3),
    }


def _rebalance(measured: Pauses) -> dict[str, Figure]:
    return {
        "rebalance_steady_ms": measured.steady,
        "rebalance_staying_ms": max(measured.staying),
        "rebalance_moving_ms": max(measured.moving),
    }


def _comparison(contenders: Sequence[Contender]) -> dict[str, Figure]:
    """What each of the others costs per scan, as a multiple of the first, or the first of an earlier revision."""
    figures: dict[str, Figure] = {}
    for contender in contenders[1:]:
        if contender.code is None:
            figures["many_clocks_cost_ratio"] = round(contender.cost / contenders[0].cost, 3)
        else:
            figures["cost_ratio_to_earlier"] = round(contenders[0].cost / contender.cost, 3)
            figures["earlier"] = contender.name
    return figures
