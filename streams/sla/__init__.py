"""The domain, pure: policy, evidence, clocks and decisions.

Time comes in as an argument.  Nothing here imports Kafka, Faust, asyncio or logging, and nothing reads a clock.
Inside, every instant is an `int` of UTC milliseconds and every duration an `int` of milliseconds.
"""
