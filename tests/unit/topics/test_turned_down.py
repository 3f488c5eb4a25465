"""What brokers say against us is told with what to do."""

from aiokafka.errors import IncompatibleBrokerVersion, KafkaError

from streams.topics.turned_down import too_old


def test_brokers_without_transactions_are_told_of_with_the_version_to_use() -> None:
    said = too_old(IncompatibleBrokerVersion("InitProducerIdRequest cannot be used if the API version is unknown"))
    assert said is not None
    assert said.startswith("the brokers are too old, or have no transactions (")
    assert "InitProducerIdRequest" in said
    assert said.endswith("): use Kafka 3.3 or newer")


def test_other_errors_do_not_mean_that_brokers_are_too_old() -> None:
    assert too_old(KafkaError("x")) is None
