"""What is deployed fits what the worker does."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

from schemas.catalogue import load_catalogue
from streams.jobs import KINDS
from streams.kafka.names import Names, intake
from streams.kafka.rights import of_worker
from streams.metrics import catalogue
from streams.partition.pace import TaskSettings
from streams.settings import Settings, variable
from tests.integration.rights import OPERATIONS, PREFIXED, TOPIC, commanded, rights

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def load(path: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all((DEPLOY / path).read_text("utf-8")))


RULES = [rule for group in load("prometheus/alerts.yaml")[0]["groups"] for rule in group["rules"]]


def names() -> set[str]:
    counted = {family.name for family in registry_of_the_catalogue().collect()}
    gauges = {gauge.name for gauge in vars(catalogue).values() if isinstance(gauge, catalogue.GaugeOf)}
    return (
        gauges | counted | {f"{name}{suffix}" for name in counted for suffix in ("_total", "_bucket", "_sum", "_count")}
    )


def registry_of_the_catalogue() -> CollectorRegistry:
    registry = CollectorRegistry()
    catalogue.Catalogue(registry)
    return registry


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_that_exist(rule: dict[str, Any]) -> None:
    metrics = set(re.findall(r"\bshipclock_[a-z_]+", rule["expr"]))
    assert metrics <= names()
    assert metrics or "up{" in rule["expr"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_how_bad_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Shipclock[A-Z]\w+", rule["alert"])
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_labels_in_annotations_are_those_that_the_expression_keeps() -> None:
    for rule in RULES:
        used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
        grouped = re.findall(r"by \(([\w, ]+)\)", rule["expr"])
        kept = {label for labels in grouped for label in labels.split(", ")} | (
            {"instance"} if "up{" in rule["expr"] else set()
        )
        assert used <= kept, rule["alert"]


def test_every_alert_is_seen_to_fire_on_series_as_workers_export_them() -> None:
    labels = {
        gauge.name: set(gauge.labels) for gauge in vars(catalogue).values() if isinstance(gauge, catalogue.GaugeOf)
    }
    for family in vars(catalogue.Catalogue(CollectorRegistry())).values():
        labels[f"{family._name}_total"] = set(family._labelnames)
    fired = set()
    for case in load("prometheus/alerts_test.yaml")[0]["tests"]:
        for series in case["input_series"]:
            name, given = re.fullmatch(r"(\w+)\{(.*)\}", series["series"]).groups()  # type: ignore[union-attr]
            if name != "up":
                assert set(re.findall(r"(\w+)=", given)) == labels[name] | {"job", "instance"}, series
        for asked in case["promql_expr_test"]:
            fired |= {re.search(r'alertname="(\w+)"', sample["labels"])[1] for sample in asked.get("exp_samples", [])}  # type: ignore[index]
    assert fired == {rule["alert"] for rule in RULES}


def test_two_workers_that_fight_over_one_partition_are_told_of() -> None:
    """Each takes it back a session after it was fenced, and the other one notices when it commits next."""
    (expression,) = (rule["expr"] for rule in RULES if rule["alert"] == "ShipclockTransactionsAborted")
    (limit,) = re.findall(r"\[5m\]\)\) > ([0-9.]+)$", expression)
    turn_s = Settings().session_timeout_ms / 1000 + TaskSettings().idle_time_ms / 1000
    assert 2 * float(limit) < 1 / turn_s


def labels_of_alert(name: str) -> set[str]:
    (rule,) = (rule for rule in RULES if rule["alert"] == name)
    grouped = re.findall(r"by \(([\w, ]+)\)", rule["expr"])
    kept = {label for labels in grouped for label in labels.split(", ")}
    return {"severity", *kept, *({"job", "instance"} if "up{" in rule["expr"] else ())}


def test_what_hides_another_alert_and_what_is_hidden_are_alerts_with_such_labels() -> None:
    (page,) = load("alertmanager/alertmanager.yaml")
    assert page["inhibit_rules"]
    for hiding in page["inhibit_rules"]:
        for side in ("source_matchers", "target_matchers"):
            asked = dict(matcher.split(" = ") for matcher in hiding[side])
            labels = labels_of_alert(asked.pop("alertname"))
            assert {*asked, *hiding.get("equal", ())} <= labels, hiding


def test_each_alert_reaches_a_receiver_that_is_there_by_a_severity_that_alerts_have() -> None:
    (page,) = load("alertmanager/alertmanager.yaml")
    receivers = {receiver["name"] for receiver in page["receivers"]}
    severities = {rule["labels"]["severity"] for rule in RULES}
    assert page["route"]["receiver"] in receivers
    for route in page["route"]["routes"]:
        assert route["receiver"] in receivers
        assert {matcher.split(" = ")[1] for matcher in route["matchers"]} <= severities
    told = {name for receiver in page["receivers"] for mail in receiver["email_configs"] for name in annotations(mail)}
    assert told == {name for rule in RULES for name in rule["annotations"]}


def annotations(mail: dict[str, str]) -> list[str]:
    return re.findall(r"\.Annotations\.(\w+)", mail["text"])


def test_amtool_where_there_is_one_takes_the_page() -> None:
    amtool = shutil.which("amtool")
    if amtool is None:
        return
    words = [amtool, "check-config", str(DEPLOY / "alertmanager" / "alertmanager.yaml")]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_promtool_where_there_is_one_sees_every_rule_at_work() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        return
    for words in (("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")):
        told = subprocess.run(
            [promtool, *words], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr


def test_alert_names_are_used_once() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_the_pods_listen_and_are_probed_where_the_worker_serves() -> None:
    documents = {document["kind"]: document for document in load("kubernetes/worker.yaml")}
    pod = documents["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["ports"][0]["containerPort"] == Settings().http_port
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert pod["terminationGracePeriodSeconds"] > 5
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["enableServiceLinks"] is False
    settings = {variable(name) for name in Settings.__dataclass_fields__}
    assert set(documents["ConfigMap"]["data"]) <= settings
    text = (DEPLOY / "kubernetes" / "worker.yaml").read_text("utf-8")
    assert set(re.findall(r"# (SHIPCLOCK_\w+)", text)) <= settings
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    named = re.findall(r"# SHIPCLOCK_(?:SSL_\w+_FILE|POLICY): (\S+)", text)
    assert len(named) == 4
    assert {str(Path(file).parent) for file in named} <= mounts


def labels_of(pods: dict[str, Any]) -> dict[str, str]:
    labels: dict[str, str] = pods["metadata"]["labels"]
    return labels


def test_pods_of_other_jobs_and_of_the_topics_are_none_of_the_main_job() -> None:
    documents = {document["kind"]: document for document in load("kubernetes/worker.yaml")}
    deployment = documents["Deployment"]["spec"]
    chosen = deployment["selector"]["matchLabels"]
    (spread,) = deployment["template"]["spec"]["topologySpreadConstraints"]
    (topics,) = load("kubernetes/topics.yaml")
    assert labels_of(deployment["template"]) == chosen
    assert documents["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == chosen
    assert spread["labelSelector"]["matchLabels"] == chosen
    assert not chosen.items() <= labels_of(topics["spec"]["template"]).items()
    reached = documents["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]
    assert reached.items() < chosen.items()


def test_the_topics_are_created_by_the_image_and_the_settings_of_the_workers() -> None:
    (topics,) = load("kubernetes/topics.yaml")
    documents = {document["kind"]: document for document in load("kubernetes/worker.yaml")}
    job, worker = topics["spec"]["template"]["spec"], documents["Deployment"]["spec"]["template"]["spec"]
    (creating,), (working,) = job["containers"], worker["containers"]
    assert creating["args"] == ["topics", "apply"]
    for name in ("image", "envFrom", "securityContext"):
        assert creating[name] == working[name]
    for name in ("securityContext", "enableServiceLinks", "automountServiceAccountToken"):
        assert job[name] == worker[name]
    assert [one for one in working["volumeMounts"] if one["name"] != "tmp"] == creating["volumeMounts"]
    assert [one for one in worker["volumes"] if one["name"] != "tmp"] == job["volumes"]


def scraped_as(pod: dict[str, str]) -> str | None:
    """The job by which Prometheus scrapes a pod, by the rules of the page; None when it drops the pod."""
    pods = load("prometheus/prometheus.yaml")[0]["scrape_configs"][1]
    labels: dict[str, str] = {
        "job": pods["job_name"],
        **{f"__meta_kubernetes_pod_{name}": value for name, value in pod.items()},
    }
    for rule in pods["relabel_configs"]:
        value = ";".join(labels[name] for name in rule["source_labels"])
        found = re.fullmatch(rule.get("regex", "(.*)"), value)
        action = rule.get("action", "replace")
        if action == {True: "drop", False: "keep"}[found is not None]:
            return None
        if found is not None and action == "replace":
            labels[rule["target_label"]] = found.expand(rule.get("replacement", "$1").replace("$1", r"\1"))
    return labels["job"]


def test_pods_are_scraped_under_the_names_that_the_alerts_ask_for() -> None:
    deployment = load("kubernetes/worker.yaml")[1]["spec"]["template"]
    (container,) = deployment["spec"]["containers"]
    main = labels_of(deployment)
    pod = {
        "label_app_kubernetes_io_name": main["app.kubernetes.io/name"],
        "label_app_kubernetes_io_component": main["app.kubernetes.io/component"],
        "container_port_name": container["ports"][0]["name"],
        "phase": "Running",
        "name": "shipclock-worker-1",
    }
    (nobody,) = (rule["expr"] for rule in RULES if rule["alert"] == "ShipclockNobodyWorks")
    assert f'job="{scraped_as(pod)}"' in nobody
    assert scraped_as({**pod, "label_app_kubernetes_io_component": "feeds"}) == "shipclock-feeds"
    assert scraped_as({**pod, "phase": "Failed"}) is None
    assert scraped_as({**pod, "container_port_name": ""}) is None
    assert load("prometheus/prometheus.yaml")[0]["rule_files"] == ["alerts.yaml"]
    assert "annotations" not in deployment["metadata"]  # by which it would be scraped a second time


def test_the_image_runs_a_worker_without_rights_and_without_development_tools() -> None:
    text = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
    assert set(re.findall(r"--requirement (\S+)", text)) == {"requirements/runtime.txt", "requirements/build.txt"}
    assert text.count("--require-hashes") == text.count("--requirement ")
    assert "--no-index" in text
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert f"EXPOSE {Settings().http_port}" in text
    settings = {variable(name) for name in Settings.__dataclass_fields__}
    assert set(re.findall(r"\bSHIPCLOCK_[A-Z_]+", text)) <= settings | {"SHIPCLOCK_COMPILE"}


def test_the_image_is_built_from_what_its_ignore_file_lets_through() -> None:
    text = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
    ignoring = (DEPLOY / "docker" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_through = {line[1:] for line in ignoring if line.startswith("!")}
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)


def test_rights_are_listed_for_every_topic_group_and_transactional_id() -> None:
    text = (DEPLOY / "kafka" / "README.md").read_text("utf-8")
    worker = "\n".join(line for line in text.splitlines() if line.startswith("| worker"))
    names = Names("shipclock")
    for spec in load_catalogue().values():
        assert re.search(rf"[`.]{re.escape(spec.name)}\.?`", worker), spec.name
    assert f"`{names.group}`" in worker
    assert f"`{names.transactional_id(0)[:-1]}`" in worker


@pytest.mark.parametrize(
    ("job", "principal"),
    [("sla", "worker"), *((job, f"worker of `{job}`") for job in ("scorecards", "feeds", "intake"))],
)
def test_a_worker_asks_at_its_start_for_the_rights_that_the_table_gives_it(job: str, principal: str) -> None:
    names = Names("shipclock", intake("crane") if job == "intake" else KINDS[job].names(Settings()))
    asked = {
        (topic, operation)
        for topic, operations in of_worker(names, job, copies=True).items()
        for operation in operations
    }
    listed = {
        (f"{right.name}crane" if right.pattern == PREFIXED else right.name, name)
        for right in rights(principal, carrier="crane")
        for name in ("Read", "Write")
        if (right.kind, right.operation) == (TOPIC, OPERATIONS[name])
    }
    assert asked == listed


def test_the_commands_for_the_worker_grant_what_the_table_says() -> None:
    assert commanded("worker") == rights("worker")
