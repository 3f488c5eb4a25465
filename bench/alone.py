"""Measurements without Kafka, each in a process of its own: nothing else is in its memory."""

import asyncio
import sys
from typing import TypeVar

import msgspec

from bench.errors import BenchFailed

Measured = TypeVar("Measured", bound=msgspec.Struct)


async def alone(module: str, measured: type[Measured], **options: int) -> Measured:
    """Run a module that prints one line of JSON.  Raises `BenchFailed`."""
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise BenchFailed(f"{module} {' '.join(arguments)} ended with exit code {process.returncode}")
    return msgspec.json.decode(printed, type=measured)
