"""How hard Hypothesis looks: the same examples every time, unless `SHIPCLOCK_HYPOTHESIS` asks for others.

`hunt` looks at many and stops at the first that fails; `thorough` makes that one small, which takes minutes.
"""

import os

from hypothesis import HealthCheck, Phase, settings

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "quick",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    phases=[Phase.generate],
    suppress_health_check=CHECKS,
)
settings.register_profile(
    "hunt", deadline=None, max_examples=1_000, phases=[Phase.generate], database=None, suppress_health_check=CHECKS
)
settings.register_profile("thorough", deadline=None, max_examples=2_000, suppress_health_check=CHECKS)
settings.load_profile(os.environ.get("SHIPCLOCK_HYPOTHESIS", "quick"))
