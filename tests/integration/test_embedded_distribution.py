import os
import socket
import sys
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafkaError, lockfile
from streams.embedded.distribution import cache_directory, class_path
from streams.errors import SettingsError


@pytest.fixture
def small_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A lock of Kafka's smallest dependency alone, and an empty cache."""
    jar = next(jar for jar in lockfile.read() if jar.artifact == "slf4j-simple")
    lock = tmp_path / "one.lock"
    lockfile.write((jar,), lock)
    monkeypatch.setenv("SHIPCLOCK_CACHE", str(tmp_path / "cache"))
    return lock


def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, closed)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_the_cache_lies_where_it_is_told(small_lock: Path) -> None:
    assert class_path(small_lock) == str(cache_directory() / "maven" / lockfile.read(small_lock)[0].file)
    assert Path(class_path(small_lock)).is_file()


def test_another_lock_makes_another_kafka(small_lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPCLOCK_KAFKA_LOCK", str(small_lock))
    assert class_path() == class_path(small_lock)


def test_a_lock_that_is_not_there_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPCLOCK_KAFKA_LOCK", "/nowhere/kafka.lock")
    with pytest.raises(SettingsError, match=r"SHIPCLOCK_KAFKA_LOCK is '/nowhere/kafka\.lock'.*make java-lock"):
        class_path()


def test_the_whole_class_path_is_locked_and_there() -> None:
    jars = class_path().split(os.pathsep)
    assert len(jars) == len(lockfile.read())
    assert all(len(jar.sha256) == 64 for jar in lockfile.read())
    assert [jar for jar in jars if Path(jar).name.startswith("kafka_2.13-")] == jars[:1]


def test_a_jar_that_was_cut_short_is_fetched_again(small_lock: Path) -> None:
    path = Path(class_path(small_lock))
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    class_path(small_lock)
    assert path.read_bytes() == whole


def test_a_jar_that_was_not_locked_is_refused(small_lock: Path) -> None:
    (jar,) = lockfile.read(small_lock)
    lockfile.write((jar._replace(sha256="0" * 64),), small_lock)
    with pytest.raises(EmbeddedKafkaError, match="is not what was locked"):
        class_path(small_lock)
    assert not (cache_directory() / "maven" / jar.file).exists()


def test_verified_jars_need_no_network(monkeypatch: pytest.MonkeyPatch, small_lock: Path) -> None:
    before = class_path(small_lock)
    no_network(monkeypatch)
    monkeypatch.setitem(sys.modules, "jgo", None)
    assert class_path(small_lock) == before


def test_an_impossible_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch, small_lock: Path) -> None:
    no_network(monkeypatch)
    with pytest.raises(EmbeddedKafkaError, match=r"slf4j-simple:1\.7\.36 cannot be downloaded.*network or proxy"):
        class_path(small_lock)
    assert not list(cache_directory().rglob("*.jar"))


def test_a_missing_resolver_names_the_extra(monkeypatch: pytest.MonkeyPatch, small_lock: Path) -> None:
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    with pytest.raises(EmbeddedKafkaError, match=r"pip install '\.\[embedded\]'"):
        class_path(small_lock)
