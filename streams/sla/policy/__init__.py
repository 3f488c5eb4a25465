"""Promises as data: the YAML document, its validation, and its compiled form."""

from streams.sla.policy.compiled import Clock, Lifecycle, Policy
from streams.sla.policy.compiling import compile_policy
from streams.sla.policy.load import load_policy, parse_policy

__all__ = ["Clock", "Lifecycle", "Policy", "compile_policy", "load_policy", "parse_policy"]
