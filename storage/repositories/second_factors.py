"""The second factor of caseworkers: the key of an authenticator, the last code taken, the recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, delete, select, update

from storage.repositories.repository import Repository
from storage.tables import RecoveryCodeRow, StaffRow


class SecondFactorRepository(Repository):
    """By the id of a caseworker. What may be used once is used up by one statement, whoever else tries."""

    def set_key(self, staff_id: str, key: str, step: int, now: datetime) -> None:
        """From now on codes of this key are asked for; `step` is that of the code that proved it."""
        self._change_staff(staff_id, factor_key=key, factor_since=now, factor_step=step)

    def clear(self, staff_id: str) -> None:
        """No second factor any more, and no recovery codes."""
        self._change_staff(staff_id, factor_key=None, factor_since=None, factor_step=None)
        self.set_recovery_codes(staff_id, ())

    def use_step(self, staff_id: str, step: int) -> bool:
        """Take the code of these thirty seconds; False if it or a later one was taken before."""
        touched = self._change(
            update(StaffRow)
            .where(
                col(StaffRow.tenant) == self._tenant,
                col(StaffRow.id) == UUID(staff_id),
                or_(col(StaffRow.factor_step).is_(None), col(StaffRow.factor_step) < step),
            )
            .values(factor_step=step)
        )
        return touched == 1

    def set_recovery_codes(self, staff_id: str, codes: Sequence[str]) -> None:
        """These codes and no others."""
        self._change(
            delete(RecoveryCodeRow).where(
                col(RecoveryCodeRow.tenant) == self._tenant,
                col(RecoveryCodeRow.staff_id) == UUID(staff_id),
            )
        )
        rows = [
            RecoveryCodeRow(
                tenant=self._tenant,
                staff_id=UUID(staff_id),
                code_bi=self._code_index(staff_id, code),
            )
            for code in codes
        ]
        self._insert(*rows)

    def use_recovery_code(self, staff_id: str, code: str, now: datetime) -> bool:
        """Use a code up; False if it is none of hers or was used."""
        touched = self._change(
            update(RecoveryCodeRow)
            .where(
                col(RecoveryCodeRow.tenant) == self._tenant,
                col(RecoveryCodeRow.staff_id) == UUID(staff_id),
                col(RecoveryCodeRow.code_bi) == self._code_index(staff_id, code),
                col(RecoveryCodeRow.used_at).is_(None),
            )
            .values(used_at=now)
        )
        return touched == 1

    def recovery_codes_left(self, staff_id: str) -> int:
        """How many codes can still be used."""
        query = (
            select(func.count())
            .select_from(RecoveryCodeRow)
            .where(
                RecoveryCodeRow.tenant == self._tenant,
                RecoveryCodeRow.staff_id == UUID(staff_id),
                col(RecoveryCodeRow.used_at).is_(None),
            )
        )
        return self._session.exec(query).one()

    def _change_staff(self, staff_id: str, **values: object) -> None:
        self._change(
            update(StaffRow)
            .where(col(StaffRow.tenant) == self._tenant, col(StaffRow.id) == UUID(staff_id))
            .values(**values)
        )

    def _code_index(self, staff_id: str, code: str) -> bytes:
        return self._blind("staff.recovery_code", f"{staff_id} {code}")
