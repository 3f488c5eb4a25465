import json

from schemas.catalogue import load_catalogue
from streams.topics.findings import examine
from streams.topics.observed import ObservedCluster
from streams.topics.plan import plan_topics
from streams.topics.report import as_document, as_text, in_one_line
from streams.topics.target import Target

TARGET = Target(catalogue=load_catalogue(), namespace="ns", time="live", partitions=4)
PLAN = plan_topics(TARGET, ObservedCluster(brokers=1, topics={}))


def test_the_text_has_a_line_per_action_and_finding_and_ends_with_a_sum() -> None:
    lines = list(as_text(PLAN))
    assert lines[0].startswith("create ns.care-events: 4 partitions, 1 copies, cleanup.policy=delete")
    assert lines[-2].startswith("advice: *: the cluster has one broker")
    assert lines[-1] == f"4 partitions, {len(TARGET.specs)} to do, 0 fatal, 1 advice"


def test_what_has_been_done_is_no_longer_to_do() -> None:
    assert list(as_text(PLAN, applied=True))[-1] == f"4 partitions, {len(TARGET.specs)} done, 0 fatal, 1 advice"


def test_the_document_is_json_with_what_was_done_and_what_remains() -> None:
    document = json.loads(json.dumps(as_document(TARGET, PLAN, applied=True)))
    assert (document["namespace"], document["time"], document["partitions"]) == ("ns", "live", 4)
    assert document["applied"] is True
    assert {action["do"] for action in document["actions"]} == {"create"}
    assert document["actions"][0]["config"]["cleanup.policy"] == "delete"
    assert document["findings"][0].keys() == {"severity", "topic", "problem", "remedy"}


def test_in_one_line_topics_with_the_same_problem_stand_together() -> None:
    line = in_one_line(examine(TARGET, ObservedCluster(brokers=3, topics={})))
    assert line.startswith(
        "ns.care-events, ns.control, ns.parcel-scans, ns.shipments, ns.feed-sightings, ns.feeds-state, "
        "ns.scorecards-state, ns.sla-state, "
    )
    assert line.endswith(": does not exist. Remedy: shipclock topics apply --namespace ns --time live")
