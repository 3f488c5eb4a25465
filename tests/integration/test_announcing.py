"""Control records that several commands write at the same moment, by the same transactional id."""

import asyncio

from streams.demo.stage import create_topics
from streams.embedded import EmbeddedKafka
from streams.errors import TransactionFailed
from streams.kafka.announcing import announce
from streams.kafka.names import Names

COMMANDS = 6


def test_of_commands_that_begin_at_the_same_moment_those_that_wrote_nothing_say_so_and_what_to_do(
    kafka: EmbeddedKafka, namespace: str
) -> None:
    async def scenario() -> list[int | BaseException]:
        # aiokafka leaves futures of a fenced producer behind whose errors nobody asks for.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await create_topics(kafka.bootstrap_servers, namespace, "live", 2)
        connection = {"bootstrap_servers": kafka.bootstrap_servers}
        commands = [announce(connection, Names(namespace), b"k", b"{}", None) for _ in range(COMMANDS)]
        return await asyncio.gather(*commands, return_exceptions=True)

    told = asyncio.run(scenario())
    assert 2 in told  # partitions, for the last one to begin
    for one in told:
        if one != 2:
            assert isinstance(one, TransactionFailed)
            assert str(one).endswith("another such command began at the same moment; run this one again")
            assert one.exit_code == 1
