"""Simulated feeds: records as other teams' systems would send them, made from a seed."""
