"""What the documents say is true: settings, commands, files, words."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.__main__ import parser
from bot.settings import Settings
from catalog.models import Catalog

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SERVER = (ROOT / "bot" / "server.py").read_text("utf-8")
DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if ".venv" not in path.parts
]


def test_every_setting_is_in_the_readme_and_none_else():
    told = set(re.findall(r"`(ZHUCAN_[A-Z_]+)`", README.split("## Settings")[1].split("\n## ")[0]))
    read = {f"ZHUCAN_{name.upper()}" for name in Settings.model_fields}

    assert told == read


def test_the_defaults_in_the_readme_are_the_real_ones():
    rows = dict(re.findall(r"\| `(ZHUCAN_\w+)` \| `([^`]*)` \|", README))
    for name, told in rows.items():
        default = Settings.model_fields[name.removeprefix("ZHUCAN_").lower()].default
        if name == "ZHUCAN_CATALOG":
            default = default.name

        assert str(default).lower() == told.lower(), name


def test_every_command_in_the_documents_exists():
    commands = set(parser()._subparsers._group_actions[0].choices)
    used = {
        word
        for document in DOCUMENTS
        for word in re.findall(r"`zhucan ([a-z-]+)", document.read_text("utf-8"))
    }

    assert used <= commands


def test_every_make_target_in_the_documents_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {
        word
        for document in DOCUMENTS
        for word in re.findall(r"`make ([a-z-]+)", document.read_text("utf-8"))
    }

    assert used <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_files_the_glossary_names_exist():
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", glossary):
        assert (ROOT / name).exists(), name


def test_the_published_schema_is_the_models():
    published = json.loads((ROOT / "docs" / "services_catalog.schema.json").read_text("utf-8"))

    assert published == Catalog.model_json_schema(by_alias=True)


def test_lock_files_name_no_index_and_pin_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text("utf-8")

        assert "index-url" not in lock
        assert "://" not in lock
        assert lock.count("--hash=sha256:") > lock.count("==")


def test_no_path_of_a_machine_stands_in_the_tree():
    for path in ROOT.rglob("*"):
        if path.suffix in (".py", ".md", ".json", ".toml", ".sh", ".txt") and not (
            {".venv", "var", ".hypothesis", ".git"} & set(path.relative_to(ROOT).parts)
        ):
            assert not re.search(r"/(wor[k]|roo[t]|far[m])/", path.read_text("utf-8", "ignore")), (
                path
            )


DEPLOY = sorted((ROOT / "docs" / "deploy").iterdir())


@pytest.mark.parametrize("file", DEPLOY, ids=lambda path: path.name)
def test_what_is_deployed_sets_only_what_there_is_and_is_named_in_its_document(file: Path):
    settings = {f"ZHUCAN_{name.upper()}" for name in Settings.model_fields}
    elsewhere = {"ZHUCAN_DOMAIN"}  # the proxy's own
    used = set(re.findall(r"ZHUCAN_[A-Z_]+", file.read_text("utf-8")))

    assert used <= settings | elsewhere
    assert f"deploy/{file.name}" in (ROOT / "docs" / "deploy.md").read_text("utf-8")


def test_a_process_has_time_to_finish_wherever_it_is_deployed():
    """Longer than the server waits for its turns, with room for deliveries and jobs."""
    unit = (ROOT / "docs" / "deploy" / "zhucan@.service").read_text("utf-8")
    compose = (ROOT / "docs" / "deploy" / "compose.yaml").read_text("utf-8")
    waits = int(re.findall(r"timeout_graceful_shutdown=(\d+)", SERVER)[0])

    for found in (
        re.findall(r"TimeoutStopSec=(\d+)", unit),
        re.findall(r"stop_grace_period: (\d+)s", compose),
    ):
        assert int(found[0]) >= waits + 20


def test_the_compose_file_holds_a_database_several_processes_and_a_proxy():
    held = yaml.safe_load((ROOT / "docs" / "deploy" / "compose.yaml").read_text("utf-8"))
    database, ours, proxy = (held["services"][name] for name in ("database", "zhucan", "proxy"))

    assert database["image"].startswith("postgres:")
    assert ours["deploy"]["replicas"] >= 2
    assert "/readyz" in str(ours["healthcheck"]["test"])
    assert "ports" not in ours, "only the proxy is reached from outside"
    assert "443:443" in proxy["ports"]
