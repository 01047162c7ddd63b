"""The command line as a person uses it, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def zhucan(folder: Path, *arguments: str, said: str = "", **settings: str):
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "ZHUCAN_DATA_DIR": str(folder), **settings},
        timeout=120,
        check=False,
    )


def test_understand_gives_one_object_a_line_in_order(folder):
    texts = ["我妈听不见了想配助听器", "", "今天天气怎么样", "叫个真人来", "证丢了"]
    done = zhucan(folder, "understand", "--jsonl", said="\n".join(texts) + "\n")

    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert [row["text"] for row in rows] == texts
    assert {row["decision"] for row in rows} <= {"accept", "clarify", "reject"}
    assert rows[0]["candidates"][0]["id"] == "assistive_device_fitting"
    assert {"id", "kind", "score", "why"} <= set(rows[0]["candidates"][0])
    assert rows[0]["needs"] == ["assistive_device_fitting"]
    assert rows[2]["candidates"] == []
    assert rows[3]["candidates"][0] == rows[3]["candidates"][0] | {"id": "human", "kind": "act"}


def test_a_broken_catalog_is_refused_with_every_mistake(folder, tmp_path):
    data = json.loads((ROOT / "services_catalog.json").read_text("utf-8"))
    data["services"][0]["form"][0]["field"] = "no_such_field"
    data["services"][1]["summary"] = ""
    broken = tmp_path / "catalog.json"
    broken.write_text(json.dumps(data, ensure_ascii=False), "utf-8")

    done = zhucan(folder, "catalog", "check", "--quiet", ZHUCAN_CATALOG=str(broken))
    served = zhucan(folder, "serve", "--port", "0", ZHUCAN_CATALOG=str(broken))

    assert done.returncode == 1
    assert "services[1].summary" in done.stdout
    assert served.returncode == 2
    assert "没有启动" in served.stderr
    assert "services[1].summary" in served.stderr
    assert "Traceback" not in served.stderr


def test_spoken_forms_are_printed_line_by_line(folder):
    done = zhucan(folder, "speak", "--normalize", said="号码 1234-5678\n350元\n")

    assert done.stdout.splitlines() == ["号码幺二三四，五六七八", "三百五十元"]


def test_caseworkers_are_added_listed_and_disabled(folder):
    added = zhucan(
        folder, "staff", "add", "li.min", "--name", "李敏", "--office", "洋泾",
        ZHUCAN_STAFF_PASSWORD="a-long-enough-one",
    )  # fmt: skip
    twice = zhucan(
        folder,
        "staff",
        "add",
        "li.min",
        "--office",
        "洋泾",
        ZHUCAN_STAFF_PASSWORD="a-long-enough-one",
    )
    disabled = zhucan(folder, "staff", "disable", "li.min")
    listed = zhucan(folder, "staff", "list")

    assert (added.returncode, twice.returncode, disabled.returncode) == (0, 1, 0)
    assert "taken" in twice.stderr
    assert "li.min\t李敏" in listed.stdout


def test_the_conversation_is_held_in_a_terminal(folder):
    done = zhucan(folder, "chat", said="残疾证丢了\n要带什么\n")

    assert "残疾人证挂失补办" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_schema_is_printed(folder):
    assert "$defs" in json.loads(zhucan(folder, "catalog", "schema").stdout)
