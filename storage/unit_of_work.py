"""One transaction: every repository works inside it, and only an explicit commit makes it last."""

from __future__ import annotations

from storage.repositories.applications import ApplicationRepository
from storage.repositories.cases import CaseRepository
from storage.repositories.conversations import ConversationRepository
from storage.repositories.handovers import HandoverRepository
from storage.repositories.inbox import InboxRepository
from storage.repositories.messages import MessageRepository
from storage.repositories.misunderstood import MisunderstoodRepository
from storage.repositories.outbox import OutboxRepository
from storage.repositories.papers import PaperRepository
from storage.repositories.read_log import ReadLogRepository
from storage.repositories.repository import Scope
from storage.repositories.sign_ins import SignInRepository
from storage.repositories.staff import StaffRepository
from storage.repositories.staff_sessions import StaffSessionRepository
from storage.repositories.web_sessions import WebSessionRepository


class UnitOfWork:
    """The repositories over one transaction. After `commit()` it is over and refuses further work."""

    def __init__(self, scope: Scope) -> None:
        """Made by `Database.write()` and `Database.read()` only."""
        self._scope = scope
        self.inbox = InboxRepository(scope)
        self.conversations = ConversationRepository(scope)
        self.messages = MessageRepository(scope)
        self.outbox = OutboxRepository(scope)
        self.applications = ApplicationRepository(scope)
        self.cases = CaseRepository(scope)
        self.handovers = HandoverRepository(scope)
        self.misunderstood = MisunderstoodRepository(scope)
        self.papers = PaperRepository(scope)
        self.staff = StaffRepository(scope)
        self.staff_sessions = StaffSessionRepository(scope)
        self.sign_ins = SignInRepository(scope)
        self.read_log = ReadLogRepository(scope)
        self.web_sessions = WebSessionRepository(scope)

    def commit(self) -> None:
        """Make it last. Raises RuntimeError in a reading transaction, which has nothing to keep."""
        if not self._scope.is_writing:
            raise RuntimeError("a reading transaction cannot commit")
        self._scope.session.commit()
