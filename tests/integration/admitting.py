"""Who may come in to a real broker, and do what: passwords and rights, by requests that aiokafka does not have."""

import hashlib
import os
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

from streams.topics.connection import connected
from tests.integration.rights import Right

_ALLOW = 3
_ANY_HOST = "*"
_SCRAM_SHA_256 = 1
_ITERATIONS = 4096


class CreateAclsResponseV1(Response):  # type: ignore[misc]  # aiokafka publishes no types
    """One error for each right."""

    API_KEY: ClassVar[int] = 30
    API_VERSION: ClassVar[int] = 1
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32), ("results", Array(("error_code", Int16), ("error_message", String("utf-8"))))
    )


class CreateAclsRequestV1(RequestStruct):  # type: ignore[misc]  # as above
    """Rights, each on a resource."""

    API_KEY: ClassVar[int] = 30
    API_VERSION: ClassVar[int] = 1
    RESPONSE_TYPE: ClassVar[type[Response]] = CreateAclsResponseV1
    SCHEMA: ClassVar[Schema] = Schema(
        (
            "creations",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                ("pattern_type", Int8),
                ("principal", String("utf-8")),
                ("host", String("utf-8")),
                ("operation", Int8),
                ("permission_type", Int8),
            ),
        )
    )


class CreateAcls(Request[CreateAclsRequestV1]):  # type: ignore[misc]  # as above
    """Grant rights."""

    API_KEY: ClassVar[int] = 30

    def __init__(self, granted: Mapping[str, Collection[Right]]) -> None:
        self._creations = [
            (right.kind, right.name, right.pattern, f"User:{name}", _ANY_HOST, right.operation, _ALLOW)
            for name, rights in granted.items()
            for right in rights
        ]

    def build(self, request_struct_class: type[CreateAclsRequestV1]) -> Any:
        return request_struct_class(self._creations)


class AlterUserScramCredentialsResponseV0(Response):  # type: ignore[misc]  # as above
    """One error for each user."""

    API_KEY: ClassVar[int] = 51
    API_VERSION: ClassVar[int] = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUserScramCredentialsRequestV0(RequestStruct):  # type: ignore[misc]  # as above
    """Users to forget, and users with what is kept of their passwords."""

    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY: ClassVar[int] = 51
    API_VERSION: ClassVar[int] = 0
    RESPONSE_TYPE: ClassVar[type[Response]] = AlterUserScramCredentialsResponseV0
    SCHEMA: ClassVar[Schema] = Schema(
        (
            "deletions",
            CompactArray(("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUserScramCredentials(Request[AlterUserScramCredentialsRequestV0]):  # type: ignore[misc]  # as above
    """Set passwords."""

    API_KEY: ClassVar[int] = 51

    def __init__(self, passwords: Mapping[str, str]) -> None:
        salt = os.urandom(16)
        self._upsertions: list[Any] = [
            (
                name,
                _SCRAM_SHA_256,
                _ITERATIONS,
                salt,
                hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS),
                {},
            )
            for name, password in passwords.items()
        ]

    def build(self, request_struct_class: type[AlterUserScramCredentialsRequestV0]) -> Any:
        return request_struct_class([], self._upsertions, {})


async def admit(servers: str, passwords: Mapping[str, str], granted: Mapping[str, Collection[Right]]) -> None:
    """Grant rights, then set passwords: who is let in has all of its rights."""
    async with connected(servers, {}) as client:
        controller = client.cluster.controller.nodeId
        answer = await client.send(controller, CreateAcls(granted))
        assert {code for code, _ in answer.results} == {0}, answer
        answer = await client.send(controller, AlterUserScramCredentials(passwords))
        assert {result[1] for result in answer.results} == {0}, answer
