"""The demonstration: real air-freight transports through a real Kafka, judged by real workers."""
