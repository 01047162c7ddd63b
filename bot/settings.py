"""All configuration, read once from `ZHUCAN_*` into one frozen value and passed down as plain values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.loader import DEFAULT_PATH

_LEAST_WEBHOOK_SECRET = 16


class Settings(BaseSettings):
    """Every setting; the table in README.md is checked against this by a test."""

    model_config = SettingsConfigDict(env_prefix="ZHUCAN_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    """Folder for the database, papers, audio and the secret file."""
    database_url: str = ""
    """`sqlite:///…` or `postgresql://…`; empty: a SQLite file in the data folder."""
    secret_key: SecretStr = SecretStr("")
    """Master secret(s), newest first, separated by commas; empty: a file in the data folder, made once."""
    secret_key_file: str = ""
    """A key file instead: one secret a line, newest first; empty: `secret_key` in the data folder."""
    index_key: SecretStr = SecretStr("")
    """The secret of blind indexes and history seals, which does not rotate; empty: the oldest of the others."""
    tenant: str = Field("pudong", pattern=r"^[a-z][a-z0-9-]{1,30}$")
    catalog: Path = DEFAULT_PATH
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    telegram_token: SecretStr = SecretStr("")
    telegram_api_base: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    """Public address of this service; set: webhook, empty: polling (development)."""
    telegram_webhook_secret: SecretStr = SecretStr("")
    channels_off: str = Field("", pattern=r"^((telegram|webchat)(,(telegram|webchat))*)?$")
    """Channels kept shut, separated by commas: what must be said there waits."""
    voices: str = Field("kokoro", pattern=r"^(off|(kokoro|gtts)(,(kokoro|gtts))?)$")
    """Voices in order of preference, separated by commas: kokoro, gtts; `off` for text only."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr = SecretStr("")
    """Who knows it may read `/metrics` from another machine; empty: from this one only."""
    second_factor: Literal["", "optional", "district", "required"] = ""
    """Which caseworkers must have one; empty: nobody in development, the district's own in production."""
    trusted_proxies: str = ""
    """Addresses of our own reverse proxies, separated by commas: only they are believed who a visitor is."""
    security_contact: str = ""
    """`mailto:…` or `https://…` for `/.well-known/security.txt`; empty: there is no such file."""
    demo: bool = False
    """Makes demonstration caseworkers; never in production."""

    @field_validator("telegram_token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(\d+:\S+)?", token.get_secret_value()):
            raise ValueError(
                "ZHUCAN_TELEGRAM_TOKEN: digits, a colon and the rest, as BotFather gives it"
            )
        return token

    @field_validator("security_contact")
    @classmethod
    def _is_an_address(cls, contact: str) -> str:
        if contact and not re.fullmatch(
            r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[\d-]+)", contact
        ):
            raise ValueError("ZHUCAN_SECURITY_CONTACT: mailto:…, https://… or tel:+…")
        return contact

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        if self.environment != "production":
            return self
        if self.demo:
            raise ValueError("ZHUCAN_DEMO is not for production")
        _refuse_weak(self.secret_key.get_secret_value(), self.secret_key_file)
        _refuse_weak_index(self.index_key.get_secret_value())
        _refuse_guessable(self.telegram_webhook_secret.get_secret_value())
        if self.telegram_webhook_url and not self.telegram_webhook_secret.get_secret_value():
            raise ValueError("ZHUCAN_TELEGRAM_WEBHOOK_SECRET is needed with a webhook")
        return self

    @property
    def second_factor_policy(self) -> Literal["optional", "district", "required"]:
        """Who must have a second factor. The district's own people see every office's cases."""
        return self.second_factor or ("district" if self.is_secure else "optional")

    @property
    def shut_channels(self) -> frozenset[str]:
        """The channels kept shut by configuration, whatever was switched by command."""
        return frozenset(filter(None, self.channels_off.split(",")))

    @property
    def voice_names(self) -> tuple[str, ...]:
        """The voices wanted, best first; none for `off`."""
        return () if self.voices == "off" else tuple(self.voices.split(","))

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data_dir / 'zhucan.sqlite3'}"

    @property
    def is_secure(self) -> bool:
        """Cookies go over TLS only."""
        return self.environment == "production"

    @property
    def key_file(self) -> Path | None:
        """Where the master secrets lie; None when they are given in the environment."""
        if self.secret_key.get_secret_value():
            return None
        return Path(self.secret_key_file or self.data_dir / "secret_key")

    def master_secrets(self) -> tuple[str, ...]:
        """The master secrets, newest first; without any given one is made, kept for its owner only."""
        from bot.keys import secrets_of  # noqa: PLC0415 - commands that need no key start without cryptography

        return secrets_of(self).newest_first


def _refuse_weak(given: str, key_file: str) -> None:
    """In production keys come from the administrator, and are strong ones; raises ValueError."""
    from storage.crypto import STRONG_SECRET, weakness_of  # noqa: PLC0415
    from storage.key_file import KeyFile, KeyFileOpen  # noqa: PLC0415

    secrets = tuple(given.split(","))
    if not given and key_file:
        try:
            secrets = KeyFile(Path(key_file)).read().newest_first
        except FileNotFoundError as error:
            raise ValueError(f"there is no ZHUCAN_SECRET_KEY_FILE {key_file}") from error
        except KeyFileOpen as error:
            raise ValueError("ZHUCAN_SECRET_KEY_FILE may be read by its owner only") from error
    weak = [weakness for secret in secrets if (weakness := weakness_of(secret))]
    if weak or not secrets:
        raise ValueError(
            f"ZHUCAN_SECRET_KEY needs at least {STRONG_SECRET} random characters in production"
        )


def _refuse_weak_index(given: str) -> None:
    """Telephone numbers are few: behind a weak key their index tells them. Raises ValueError."""
    from storage.crypto import STRONG_SECRET, weakness_of  # noqa: PLC0415

    if given and weakness_of(given):
        raise ValueError(
            f"ZHUCAN_INDEX_KEY needs at least {STRONG_SECRET} random characters in production"
        )


def _refuse_guessable(webhook_secret: str) -> None:
    """It alone says that Telegram is asking; raises ValueError."""
    if webhook_secret and len(webhook_secret) < _LEAST_WEBHOOK_SECRET:
        raise ValueError(
            f"ZHUCAN_TELEGRAM_WEBHOOK_SECRET needs at least {_LEAST_WEBHOOK_SECRET} random"
            " characters in production"
        )
