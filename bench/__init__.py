"""The bench: what the real product does on one core, exactly once, on a real Kafka.

    python -m bench [--format json]

One broker is pinned to one core and one `shipclock worker` to another.  The input lies in the topics BEFORE the worker
starts, for making it is not the worker's job.  The worker begins with no state and works through the backlog; it is
measured from the moment at which it starts to read until its last commit, by the offsets that its transactions commit.

The journeys of the load carry their own dates, so it is judged in replay time: timestamps are those of the events, and
one tick at the end says how far they reach.  A worker that lags does the same work in live time: both merge the topics
by timestamp and let deadlines fire in between.  But a replay gives the same decisions every time, so they can be held
against plain arithmetic on the input afterwards.  How late alerts are, and how long partitions pause in a rebalance, is
measured in live time, by append times.  What does not need a broker - a backtest, and what a scan costs with a million
shipments open - is measured without one.
"""
