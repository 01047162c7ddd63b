"""Settings: read once, refused when weak, and the secret kept for its owner."""

import stat

import pytest
from pydantic import ValidationError

from bot.settings import Settings

STRONG = "correct-horse-battery-staple-98127364"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    settings = Settings(data_dir=tmp_path)

    first, second = settings.master_secrets(), Settings(data_dir=tmp_path).master_secrets()

    assert first == second
    assert len(first[0]) >= 48
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_several_secrets_are_newest_first(tmp_path):
    settings = Settings(data_dir=tmp_path, secret_key="new-secret,old-secret")

    assert settings.master_secrets() == ("new-secret", "old-secret")


def test_the_secret_is_not_shown_when_settings_are_printed(tmp_path):
    settings = Settings(data_dir=tmp_path, secret_key="do-not-show", telegram_token="1:token")

    assert "do-not-show" not in repr(settings)
    assert "1:token" not in repr(settings)


@pytest.mark.parametrize(
    "weak",
    [
        {"secret_key": ""},
        {"secret_key": "short"},
        {"secret_key": "x" * 40},
        {"secret_key": "change-me-please-this-is-only-an-example"},
        {"secret_key": f"{STRONG},short"},
        {"secret_key_file": "/nowhere/at/all"},
        {"secret_key": STRONG, "demo": True},
        {"secret_key": STRONG, "telegram_webhook_url": "https://example.org"},
        {"secret_key": STRONG, "telegram_webhook_secret": "guess"},
        {"secret_key": STRONG, "index_key": "short"},
        {"secret_key": STRONG, "index_key": "y" * 40},
    ],
)
def test_production_refuses_what_is_weak(weak):
    with pytest.raises(ValidationError):
        Settings(environment="production", **weak)


def test_production_takes_what_is_strong(tmp_path):
    settings = Settings(environment="production", secret_key=STRONG, data_dir=tmp_path)

    assert settings.is_secure


def test_the_environment_is_read(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHUCAN_PORT", "9001")
    monkeypatch.setenv("ZHUCAN_TELEGRAM_API_BASE", "http://127.0.0.1:1")

    settings = Settings(data_dir=tmp_path)

    assert (settings.port, settings.telegram_api_base) == (9001, "http://127.0.0.1:1")


def test_settings_do_not_change(tmp_path):
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path).port = 1


@pytest.mark.parametrize("name", ["web", "telgram", "telegram;webchat", "telegram,"])
def test_a_channel_nobody_knows_cannot_be_shut_in_silence(name: str):
    """Whoever believes a channel to be shut must not find out later that it was open."""
    with pytest.raises(ValidationError):
        Settings(channels_off=name)
