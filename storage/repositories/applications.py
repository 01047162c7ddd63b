"""Applications: one submission under one number, opened together with its cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.models import Case, Filing
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import Filer
from storage.repositories.case_rows import event_row, row_values
from storage.repositories.repository import Repository
from storage.repositories.sealed_logs import SealedLogRepository
from storage.repositories.statements import NUMBER_TAKEN
from storage.serialization import TEXTS, to_json
from storage.tables import ApplicationRow, CaseRow


class ApplicationRepository(Repository):
    """Applications by number."""

    def is_free(self, number: str) -> bool:
        """No application has this number yet."""
        return self._run(NUMBER_TAKEN, tenant=self._tenant, number=number).first is None

    def open(
        self,
        filing: Filing,
        cases: tuple[Case, ...],
        who: Filer,
        now: datetime,
    ) -> str:
        """Store a submission and its cases; the application's id. Raises `Conflict` if its number is taken."""
        application = ApplicationRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            number=filing.number,
            person_id=UUID(who.person_id),
            conversation_id=UUID(who.conversation_id),
            filed_by=UUID(who.filed_by),
            office_id=filing.office_id,
            catalog_version=filing.catalog_version,
            beneficiary=filing.beneficiary,
            consent_words=to_json(TEXTS, filing.consent_words),
            created_at=now,
        )
        if not self._insert_new(application):
            raise Conflict("application number")
        for case in cases:
            self._insert(_case_row(case, application))
            lines = (event_row(self._tenant, case.id, n, e) for n, e in enumerate(case.events, 1))
            SealedLogRepository(self._scope).append("case_event", UUID(case.id), *lines)
        return str(application.id)


def _case_row(case: Case, application: ApplicationRow) -> CaseRow:
    return CaseRow(
        tenant=application.tenant,
        id=UUID(case.id),
        application_id=application.id,
        person_id=application.person_id,
        conversation_id=application.conversation_id,
        filed_by=application.filed_by,
        created_at=application.created_at,
        updated_at=application.created_at,
        **row_values(case),
    )
