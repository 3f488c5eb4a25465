"""A policy that is written as JSON and read again is the same policy."""

from pathlib import Path

import msgspec
import pytest

from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.load import digest_of, document_of, load_policy, policy_page

POLICIES = Path(__file__).parents[4] / "streams" / "policies"


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_policy_survives_json(file: Path) -> None:
    document = document_of(policy_page(file))
    written = msgspec.json.encode(document)
    again = msgspec.json.decode(written, type=PolicyDocument)
    assert msgspec.json.encode(again) == written
    assert digest_of(again) == load_policy(file).digest
