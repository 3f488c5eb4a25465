from pathlib import Path

import pytest

from streams.configuration import load_settings, unknown_variables
from streams.errors import SettingsError


def test_everything_has_a_default() -> None:
    settings = load_settings({})
    assert settings.namespace == "shipclock"
    assert settings.http_host == "127.0.0.1"


def test_the_environment_is_typed_and_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "shipclock.yaml"
    file.write_text("namespace: fromfile\nhttp_port: 1\nreject_ratio_limit: 0.25\n")
    settings = load_settings({"SHIPCLOCK_CONFIG": str(file), "SHIPCLOCK_HTTP_PORT": "0"})
    assert (settings.namespace, settings.http_port, settings.reject_ratio_limit) == ("fromfile", 0, 0.25)


def test_toml_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "shipclock.toml"
    file.write_text('time = "replay"\n')
    assert load_settings({"SHIPCLOCK_CONFIG": str(file)}).time == "replay"


def test_options_of_the_command_line_win() -> None:
    assert load_settings({"SHIPCLOCK_NAMESPACE": "a"}, namespace="b", time=None).namespace == "b"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("SHIPCLOCK_COMMIT_INTERVAL_MS", "soon", "give a whole number"),
        ("SHIPCLOCK_REJECT_RATIO_LIMIT", "half", "give a number, such as 0.5"),
        ("SHIPCLOCK_OUTCOMES_BY_CUSTOMER", "yes", "give true or false"),
        ("SHIPCLOCK_COMMIT_INTERVAL_MS", "1", "from 10 to 10000"),
        ("SHIPCLOCK_TIME", "Live", "'Live': give live or replay"),
        ("SHIPCLOCK_LOG_LEVEL", "trace", "debug, info, warning or error"),
        ("SHIPCLOCK_BOOTSTRAP_SERVERS", "localhost", "host:port"),
        ("SHIPCLOCK_BOOTSTRAP_SERVERS", "localhost:9092,localhost:99999", "between 1 and 65535"),
        ("SHIPCLOCK_BOOTSTRAP_SERVERS", "[::1]:0", "between 1 and 65535"),
        ("SHIPCLOCK_HTTP_HOST", "", "0.0.0.0 for all of the machine"),
        ("SHIPCLOCK_HTTP_PORT", "tcp://10.0.0.7:9464", "service link of Kubernetes.*enableServiceLinks: false"),
        ("SHIPCLOCK_NAMESPACE", "a b", "letters"),
        ("SHIPCLOCK_INTAKE_TOPIC", "a b", "name of a topic"),
        ("SHIPCLOCK_POLICY", "/nowhere/policy.yaml", "no such file; give the path of a page"),
        ("SHIPCLOCK_POLICY", "/", "no file; give the path of a page"),
        ("SHIPCLOCK_POLICY", "", "is empty: give a path"),
        ("SHIPCLOCK_PORT_FILE", "", "is empty: give a path"),
        ("SHIPCLOCK_SASL_PASSWORD", "hunter2", "SHIPCLOCK_SECURITY_PROTOCOL is PLAINTEXT, .*: set the protocol"),
        ("SHIPCLOCK_SSL_CA_FILE", __file__, "SHIPCLOCK_SECURITY_PROTOCOL is PLAINTEXT, .*: set the protocol"),
    ],
)
def test_a_wrong_value_names_the_variable_and_the_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*{remedy}"):
        load_settings({name: value})


def test_an_intake_needs_a_topic_and_a_mapping() -> None:
    given = {"SHIPCLOCK_JOB": "intake"}
    with pytest.raises(SettingsError, match="SHIPCLOCK_INTAKE_TOPIC is not set"):
        load_settings(given)
    given["SHIPCLOCK_INTAKE_TOPIC"] = "crane.events"
    with pytest.raises(SettingsError, match="SHIPCLOCK_INTAKE_MAPPING is not set"):
        load_settings(given)
    given["SHIPCLOCK_INTAKE_MAPPING"] = "kuaidi100-push"
    assert load_settings(given).job == "intake"


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "shipclock.yaml"
    file.write_text("namespce: x\n")
    with pytest.raises(SettingsError, match="no setting namespce; did you mean namespace\\?"):
        load_settings({"SHIPCLOCK_CONFIG": str(file)})


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("twice.yaml", "sasl_password: hunter2\nsasl_password: hunter3\n", "2:1: .*'sasl_password' is there twice"),
        ("alias.yaml", "namespace: x\nsasl_password: *hunter2\n", "2:16: .*a text in quotes"),
        ("tag.yaml", "sasl_password: !hunter2 x\n", "1:16: .*a text in quotes"),
        ("number.yaml", "sasl_password: !!int hunter2\n", "1:16: .*this is no int: quote it"),
        ("open.yaml", "sasl_password: 'hunter2\n", "2:1: .*a text in quotes"),
        ("twice.toml", 'sasl_password = "hunter2"\nsasl_password = "hunter3"\n', "line 2"),
        ("open.toml", 'sasl_password = "hunter2\n', "line 1"),
        ("list.yaml", "sasl_password: [hunter2]\n", "sasl_password in .* cannot be used: give a text"),
        ("list.yaml", "sasl_username: [hunter2]\n", "sasl_username in .* is a list or a mapping: give a text"),
    ],
)
def test_a_settings_file_that_cannot_be_read_is_told_in_one_line_by_its_place_and_never_quoted(
    tmp_path: Path, name: str, text: str, place: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(SettingsError, match=place) as refused:
        load_settings({"SHIPCLOCK_CONFIG": str(file)})
    told = str(refused.value)
    assert name in told
    assert "hunter" not in told
    assert len(told.splitlines()) == 1
    assert refused.value.__cause__ is None


def test_a_settings_file_of_comments_gives_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shipclock.yaml"
    file.write_text("# namespace: x\n")
    assert load_settings({"SHIPCLOCK_CONFIG": str(file)}).namespace == "shipclock"


def test_variables_that_are_no_settings_are_found() -> None:
    given = {"SHIPCLOCK_NONSENSE": "1", "SHIPCLOCK_TIME": "live", "SHIPCLOCK_CACHE": "/c", "PATH": "/bin"}
    assert unknown_variables(given) == ["SHIPCLOCK_NONSENSE"]


def test_sasl_needs_a_name_and_a_password() -> None:
    with pytest.raises(SettingsError, match="SHIPCLOCK_SASL_PASSWORD"):
        load_settings({"SHIPCLOCK_SECURITY_PROTOCOL": "SASL_SSL", "SHIPCLOCK_SASL_USERNAME": "x"})


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(SettingsError, match=r"SHIPCLOCK_SSL_CERT_FILE.*set both"):
        load_settings({"SHIPCLOCK_SECURITY_PROTOCOL": "SSL", "SHIPCLOCK_SSL_CERT_FILE": __file__})


def test_feeds_are_listened_to_in_live_time_only() -> None:
    with pytest.raises(SettingsError, match=r"SHIPCLOCK_JOB is 'feeds': .* live time only"):
        load_settings({"SHIPCLOCK_JOB": "feeds", "SHIPCLOCK_TIME": "replay"})


def test_secrets_are_never_shown() -> None:
    name_and_password = {"SHIPCLOCK_SASL_USERNAME": "x", "SHIPCLOCK_SASL_PASSWORD": "hunter2"}
    settings = load_settings({"SHIPCLOCK_SECURITY_PROTOCOL": "SASL_SSL", **name_and_password})
    assert "hunter2" not in repr(settings)
