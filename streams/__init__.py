"""Shipclock: keeps time on every promise that a parcel carries."""
