"""What an installation must remember about itself: under which index key its blind indexes were made."""

from __future__ import annotations

import hmac

from sqlmodel import select

from storage.crypto import Keyring
from storage.errors import KeyringMismatch
from storage.repositories.repository import Repository
from storage.tables import InstallationRow


class InstallationRepository(Repository):
    """One line a tenant."""

    def check_index_key(self) -> None:
        """Keep the fingerprint of the index key, or raise `KeyringMismatch` if another one is kept."""
        fingerprint = fingerprint_of(self._scope.keyring, self._tenant)
        row = InstallationRow(tenant=self._tenant, index_fingerprint=fingerprint)
        if self._insert_new(row):
            return
        query = select(InstallationRow).where(InstallationRow.tenant == self._tenant)
        known = self._session.exec(query).one().index_fingerprint
        if not hmac.compare_digest(known, fingerprint):
            raise KeyringMismatch(self._tenant)


def fingerprint_of(keyring: Keyring, tenant: str) -> bytes:
    """What tells one index key from another and says nothing else."""
    return keyring.blind_index(tenant, "installation", "index key")
