"""What running the files of docs/deploy for real has taught; each line here once went wrong."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest
import yaml

from bot.channels.webchat import incoming

FOLDER = Path(__file__).parent.parent / "docs" / "deploy"
PROXIES = ("Caddyfile", "Caddyfile.compose")
UNITS = ("zhucan@.service", "zhucan-backup.service")


def lines_of(name: str) -> list[str]:
    """The lines of a file without its comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


@pytest.mark.parametrize("name", PROXIES)
def test_the_proxy_lets_go_of_streams_and_leaves_nobody_out_for_a_visitors_fault(name: str):
    """`flush_interval -1` keeps every stream whose browser has gone; `fail_duration` counts broken requests."""
    directives = {line.split()[0] for line in lines_of(name)}

    assert not directives & {"flush_interval", "fail_duration", "max_fails", "unhealthy_status"}


@pytest.mark.parametrize("name", PROXIES)
def test_the_proxy_does_not_cut_off_what_the_program_refuses_in_words(name: str):
    most = re.findall(r"max_size (\d+)MB", "\n".join(lines_of(name)))

    assert int(most[0]) * 1_000_000 > incoming._MAX_DRAINED + 1_000_000


def test_both_proxies_say_the_same_when_nobody_answers():
    said = [[line for line in lines_of(name) if line.startswith("respond `")] for name in PROXIES]

    assert said[0] == said[1]
    assert len(said[0]) == 1
    assert "12345" in said[0][0]


@pytest.mark.parametrize("name", UNITS)
def test_the_data_folder_stays_shut_whichever_unit_starts(name: str):
    """systemd sets the folder's mode at each start; without a word it is open to everybody."""
    lines = lines_of(name)

    assert "StateDirectory=zhucan" in lines
    assert "StateDirectoryMode=0700" in lines


def test_the_voices_library_does_not_report_to_its_maker():
    assert "Environment=ORT_DISABLE_TELEMETRY=1" in lines_of("zhucan@.service")
    assert "ENV ORT_DISABLE_TELEMETRY=1" in lines_of("Dockerfile")


def test_only_the_proxys_own_network_is_believed():
    held = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    network = held["networks"]["default"]["ipam"]["config"][0]["subnet"]

    assert held["services"]["zhucan"]["environment"]["ZHUCAN_TRUSTED_PROXIES"] == network
    assert ipaddress.ip_network(network).is_private


def test_no_secret_gets_into_the_image():
    left_out = lines_of("Dockerfile.dockerignore")

    assert {"docs", "var", ".git", "**/*.env"} <= set(left_out)
