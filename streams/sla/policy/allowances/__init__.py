"""How much time a clock allows: where `due` comes from."""

from streams.sla.policy.allowances.additions import Addition, MoreDays, MoreTime
from streams.sla.policy.allowances.base import Allowance
from streams.sla.policy.allowances.days import END_OF_DAY, Days
from streams.sla.policy.allowances.elapsed import Appointment, Duration, PlanTotal, Promised
from streams.sla.policy.allowances.place import PLACES, Place
from streams.sla.policy.allowances.rules import CACHED, Rule, Rules
from streams.sla.policy.allowances.shifted import Shifted
from streams.sla.policy.allowances.working import Working

__all__ = [
    "CACHED",
    "END_OF_DAY",
    "PLACES",
    "Addition",
    "Allowance",
    "Appointment",
    "Days",
    "Duration",
    "MoreDays",
    "MoreTime",
    "Place",
    "PlanTotal",
    "Promised",
    "Rule",
    "Rules",
    "Shifted",
    "Working",
]
