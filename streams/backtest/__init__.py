"""History judged again: the worker's own core over recorded events, without Kafka."""
