import pytest

from schemas.catalogue import load_catalogue
from streams.topics.rules import reason, satisfied


@pytest.mark.parametrize(
    ("name", "actual", "wanted", "expected"),
    [
        ("retention.ms", "2000", "1000", True),
        ("retention.ms", "500", "1000", False),
        ("retention.ms", "-1", "1000", True),
        ("retention.ms", "1000", "-1", False),
        ("retention.ms", "-1", "-1", True),
        ("segment.ms", "500", "1000", True),
        ("segment.ms", "2000", "1000", False),
        ("min.cleanable.dirty.ratio", "0.5", "0.3", False),
        ("cleanup.policy", "compact, delete", "delete,compact", True),
        ("cleanup.policy", "compact,delete", "compact", False),
        ("message.timestamp.type", "CreateTime", "LogAppendTime", False),
        ("unclean.leader.election.enable", "False", "false", True),
    ],
)
def test_a_value_is_as_good_as_the_wanted_one(name: str, actual: str, wanted: str, expected: object) -> None:
    assert satisfied(name, actual, wanted) is expected


def test_every_setting_of_the_catalogue_has_a_reason_of_its_own() -> None:
    names = {name for spec in load_catalogue().values() for name in spec.settings("live") | spec.settings("replay")}
    assert [name for name in sorted(names) if reason(name) == reason("nobody.has.heard.of.it")] == []
