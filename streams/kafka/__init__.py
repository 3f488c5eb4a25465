"""Kafka behind the ports of a partition task, and the plug-ins by which Faust runs on it."""
