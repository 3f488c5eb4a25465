"""Faust agents, one per source topic.  They hand batches to partition tasks, nothing else."""
