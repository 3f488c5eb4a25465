"""How the broker's Java is invoked."""

from pathlib import Path

_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Compile quickly rather than well, and spare the collector's threads."""

_ALWAYS = (
    "-Xshare:auto",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


def jvm_command(java: Path, class_path: str, heap: str, *, quick_start: bool) -> tuple[str, ...]:
    """Java with its options and class path; a main class and its arguments are to follow."""
    return (str(java), f"-Xmx{heap}", *_ALWAYS, *(_QUICK if quick_start else ()), "-cp", class_path)
