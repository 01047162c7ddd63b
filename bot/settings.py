"""All configuration, read once from `ZHUCAN_*` into one frozen value and passed down as plain values."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.loader import DEFAULT_PATH

MIN_SECRET = 32
"""Characters; shorter master secrets are refused in production."""


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
    tenant: str = Field("pudong", pattern=r"^[a-z][a-z0-9-]{1,30}$")
    catalog: Path = DEFAULT_PATH
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    telegram_token: SecretStr = SecretStr("")
    telegram_api_base: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    """Public address of this service; set: webhook, empty: polling (development)."""
    telegram_webhook_secret: SecretStr = SecretStr("")
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
        if len(self.secret_key.get_secret_value()) < MIN_SECRET:
            raise ValueError(
                f"ZHUCAN_SECRET_KEY needs at least {MIN_SECRET} characters in production"
            )
        if self.telegram_webhook_url and not self.telegram_webhook_secret.get_secret_value():
            raise ValueError("ZHUCAN_TELEGRAM_WEBHOOK_SECRET is needed with a webhook")
        return self

    @property
    def second_factor_policy(self) -> Literal["optional", "district", "required"]:
        """Who must have a second factor. The district's own people see every office's cases."""
        return self.second_factor or ("district" if self.is_secure else "optional")

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

    def master_secrets(self) -> tuple[str, ...]:
        """The master secrets, newest first; in development one is made and kept for its owner only."""
        given = self.secret_key.get_secret_value()
        return tuple(given.split(",")) if given else (_kept_secret(self.data_dir / "secret_key"),)


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()
