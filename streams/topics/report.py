"""A plan in words and as a JSON object."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from streams.topics.finding import Finding
from streams.topics.plan import AlterConfig, Plan
from streams.topics.target import Target


def as_text(plan: Plan, *, applied: bool = False) -> Iterator[str]:
    """Yield one line for every action and every finding, and one that sums up; `applied` when the actions are done."""
    for action in plan.actions:
        yield action.describe()
    for finding in plan.findings:
        yield f"{finding.severity}: {finding.describe()}"
    changes = f"{len(plan.actions)} {'done' if applied else 'to do'}" if plan.actions else "nothing to do"
    fatal = len(plan.fatal)
    yield f"{plan.partitions} partitions, {changes}, {fatal} fatal, {len(plan.findings) - fatal} advice"


def in_one_line(findings: Iterable[Finding]) -> str:
    """Say all findings in one line; topics that share problem and remedy stand together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        alike.setdefault((finding.problem, finding.remedy), []).append(finding.topic)
    return "; ".join(f"{', '.join(topics)}: {problem}. Remedy: {remedy}" for (problem, remedy), topics in alike.items())


def as_document(target: Target, plan: Plan, *, applied: bool) -> dict[str, Any]:
    """Return what scripts read: actions with `do` (create or alter), and findings that no action mends."""
    return {
        "namespace": target.namespace,
        "time": target.time,
        "partitions": plan.partitions,
        "applied": applied,
        "actions": [
            {"do": "alter" if isinstance(action, AlterConfig) else "create", **asdict(action)}
            for action in plan.actions
        ],
        "findings": [asdict(finding) for finding in plan.findings],
    }
