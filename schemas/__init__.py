"""The contract with other teams: record types, JSON Schemas, the topic catalogue and examples."""
