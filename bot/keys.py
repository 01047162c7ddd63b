"""The keys of this installation: from the environment, or from a file made once and readable by its owner only."""

from __future__ import annotations

from bot.settings import Settings
from storage.crypto import Keyring, Secrets
from storage.key_file import KeyFile


def open_keyring(settings: Settings) -> Keyring:
    """The ring; one from a file learns of keys added to the file while it is in use."""
    if settings.key_file is None:
        return Keyring(secrets_of(settings))
    return Keyring(secrets_of(settings), lambda: secrets_of(settings))


def secrets_of(settings: Settings) -> Secrets:
    """The master secrets; makes the key file at the first start. Raises `KeyFileOpen` when others may read it."""
    index = settings.index_key.get_secret_value()
    if settings.key_file is None:
        given = settings.secret_key.get_secret_value()
        return Secrets(newest_first=tuple(given.split(",")), index=index)
    file = KeyFile(settings.key_file)
    file.make_once()
    kept = file.read()
    return Secrets(newest_first=kept.newest_first, index=index or kept.index)
