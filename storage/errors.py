"""What storage may refuse; everything else that goes wrong is the world breaking, and rises as it is."""

from __future__ import annotations


class StorageError(Exception):
    """Base of what this room refuses; `code` is for logs, never words for people."""

    code = "storage_error"


class Conflict(StorageError):
    """Somebody else changed it first, or took the unique name: load again and try once more."""

    code = "conflict"


class NotReadable(StorageError):
    """Stored bytes cannot be decrypted: the key is not in the ring, or the bytes were altered or moved."""

    code = "not_readable"


class KeyringMismatch(StorageError):
    """The database was filled under another index key; going on would lose every person in it."""

    code = "keyring_mismatch"


class Unreachable(StorageError):
    """The database cannot be opened or reached; the message is its address, without the password."""

    code = "unreachable"
