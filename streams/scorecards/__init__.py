"""Scorecards: outcomes of a customer summed up by clock, lane, tier and period.  Pure: no I/O, no clock."""
