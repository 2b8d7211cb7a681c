"""The container files, held against settings, processes and pins. No Docker is needed."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from apps.ops.stack.processes import PROCESSES, wanted
from supportcoord.environment import Environment
from tests.servers import names_in_the_example

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
ENTRYPOINT = (ROOT / "docker" / "entrypoint.sh").read_text()
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "supportcoord"}


def value(text: str) -> str:
    """What compose makes of a value when the shell sets nothing that has a default."""
    text = re.sub(r"\$\{[A-Z_]+:\?[^}]*\}", "made-up", text)
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


def test_each_process_has_its_service_and_the_database_is_migrated_once():
    assert set(OURS) == {process.name for process in PROCESSES} | {"migrate"}
    assert set(SERVICES) - set(OURS) == {"postgres", "valkey"}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_starts_the_process_it_is_named_after(process):
    assert SERVICES[process.name]["command"] == [process.name]
    assert re.search(rf"[ |]{process.name}[ |)].*manage.py serve", ENTRYPOINT)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_publishes_the_port_its_process_listens_on(process):
    port = process.port(settings)
    ports = [value(text) for text in SERVICES[process.name].get("ports", [])]

    if process.name == "lmtp":
        port = 2424  # it listens where LMTP_LISTEN says

    # To the machine itself: a firewall on it would not hold back what Docker publishes.
    assert ports == ([f"127.0.0.1:{port}:{port}"] if port else [])
    assert port in (None, 2424) or re.search(rf"^EXPOSE .*\b{port}\b", DOCKERFILE, re.MULTILINE)


def test_services_wait_for_migrations_and_these_for_a_healthy_database():
    for process in PROCESSES:
        waits = SERVICES[process.name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["valkey"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_is_probed(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_a_probe_that_is_a_command_exists():
    probes = [
        service["healthcheck"]["test"] for service in OURS.values() if "healthcheck" in service
    ]
    commands = [probe[3] for probe in probes if probe[1:3] == ["python", "manage.py"]]

    assert commands
    assert set(commands) <= set(get_commands())


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_name_a_service_sets_is_a_setting_and_has_a_value_that_starts(name):
    environment = {key: value(text) for key, text in OURS[name]["environment"].items()}
    env = Environment(Path("/nowhere"), environment)

    assert set(environment) <= set(names_in_the_example())
    assert env.database("DATABASE_URL", default="")["HOST"] == "postgres"
    assert env.url("REDIS_URL", schemes=("redis",)) == "redis://valkey:6379/0"
    assert env.zone("TIME_ZONE", default="") == "UTC"
    assert env.email_url("EMAIL_URL", outbox=ROOT)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_reaches_a_service_but_those_that_the_image_settles(name):
    example = (ROOT / ".env.example").read_text()
    settled = {
        *("HOST", "PORT", "SUPPORTCOORD_VAR", "STATIC_ROOT"),  # the places inside a container
        "ENV_FILE",  # the image holds none
        "DEBUG",  # never on a real desk
    }

    names = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    assert names - set(OURS[name]["environment"]) == settled


def test_the_door_for_mail_servers_is_opened_only_on_purpose():
    kept_out = [name for name, service in SERVICES.items() if "profiles" in service]

    assert kept_out == ["lmtp"]
    assert "lmtp" not in {process.name for process in wanted(settings)}


def test_settings_that_nobody_gives_have_their_defaults():
    environment = {key: value(text) for key, text in OURS["web"]["environment"].items()}
    env = Environment(Path("/nowhere"), environment)

    assert env.number("WEB_CONCURRENCY", default=1) == 1
    assert env.flag("SUPPORTCOORD_HINTS", default=True)
    assert env.choice("SUPPORTCOORD_CLASSIFIER", default="local", among=("local",)) == "local"
    assert env.url("OPENAI_BASE_URL", default="https://a.example/v1") == "https://a.example/v1"
    assert env.secret("OPENAI_API_KEY", default="") == ""
    assert env.words("SECRET_KEY_FALLBACKS", default="") == []


def test_secrets_have_no_default_in_the_files():
    for text in OURS["web"]["environment"].values():
        assert not re.search(r"\$\{(SECRET_KEY|[A-Z_]+_KEYS|POSTGRES_PASSWORD)\b(?!:\?)", text)
    assert ":?" in SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]


def test_the_servers_are_the_versions_the_tests_run_on():
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["valkey"]["image"] == "valkey/valkey:9"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_what_must_outlive_a_container_is_on_a_volume():
    folder = re.search(r"SUPPORTCOORD_VAR=(\S+)", DOCKERFILE)[1]

    assert all(service["volumes"] == [f"files:{folder}"] for service in OURS.values())
    assert set(COMPOSE["volumes"]) == {"files", "postgres"}


def test_the_image_needs_glibc_pins_everything_and_does_not_run_as_root():
    lines = DOCKERFILE.splitlines()

    assert "FROM python:3.11-slim" in lines
    assert "--require-hashes -r requirements/runtime.txt" in DOCKERFILE
    assert lines.index("USER supportcoord") < lines.index('CMD ["web"]')
    assert set(re.findall(r"^ENV|([A-Z_]+)=", DOCKERFILE)) - {""} <= {
        *names_in_the_example(),
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
    }


def test_building_the_image_makes_no_key_that_would_stay_in_it():
    settings_file = (ROOT / "supportcoord" / "settings.py").read_text()
    kept = re.findall(r'env\.secrets?\(\s*"([A-Z_]+)", kept=', settings_file)
    run = re.search(r"^RUN ((?:.*\\\n)*.*collectstatic.*)$", DOCKERFILE, re.MULTILINE)[1]
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", run))

    assert {"SECRET_KEY", "SUPPORTCOORD_ENCRYPTION_KEYS"} <= set(kept)
    assert set(kept) <= set(given)
    assert Environment(Path("/nowhere"), given).secrets("SUPPORTCOORD_ENCRYPTION_KEYS", kept=ROOT)


def test_everything_that_is_copied_exists():
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)

    assert all((ROOT / name).exists() for name in copied)
    assert {"apps", "supportcoord", "manage.py", "templates", "static"} <= set(copied)
