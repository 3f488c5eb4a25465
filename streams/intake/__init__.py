"""From the bytes of a source record to what the domain keeps, or to a rejection that names reason and field."""

from streams.intake.care import read_care_event
from streams.intake.registrations import read_registration
from streams.intake.rejection import Rejected
from streams.intake.scans import read_scan

__all__ = ["Rejected", "read_care_event", "read_registration", "read_scan"]
