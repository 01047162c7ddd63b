"""One transaction: every repository works inside it, and only an explicit commit makes it last."""

from __future__ import annotations

from sqlmodel import Session

from storage.repositories.applications import ApplicationRepository
from storage.repositories.authorizations import AuthorizationRepository
from storage.repositories.cases import CaseRepository
from storage.repositories.channel_switches import ChannelSwitchRepository
from storage.repositories.consents import ConsentRepository
from storage.repositories.conversations import ConversationRepository
from storage.repositories.data_copies import DataCopyRepository
from storage.repositories.due_notices import DueNoticeRepository
from storage.repositories.erasures import ErasureRepository
from storage.repositories.figures import FigureRepository
from storage.repositories.handovers import HandoverRepository
from storage.repositories.inbox import InboxRepository
from storage.repositories.link_codes import LinkCodeRepository
from storage.repositories.messages import MessageRepository
from storage.repositories.misunderstood import MisunderstoodRepository
from storage.repositories.outbox import OutboxRepository
from storage.repositories.papers import PaperRepository
from storage.repositories.people import PersonRepository
from storage.repositories.ratings import RatingRepository
from storage.repositories.read_log import ReadLogRepository
from storage.repositories.reencryption import ReencryptionRepository
from storage.repositories.reminders import ReminderRepository
from storage.repositories.repository import Scope
from storage.repositories.retention import RetentionRepository
from storage.repositories.sealed_logs import SealedLogRepository
from storage.repositories.second_factors import SecondFactorRepository
from storage.repositories.sign_ins import SignInRepository
from storage.repositories.staff import StaffRepository
from storage.repositories.staff_devices import StaffDeviceRepository
from storage.repositories.staff_sessions import StaffSessionRepository
from storage.repositories.web_sessions import WebSessionRepository
from storage.repositories.whole import WholeRepository
from storage.repositories.workers import WorkerRepository


class UnitOfWork:
    """The repositories over one transaction. After `commit()` it is over and refuses further work."""

    def __init__(self, scope: Scope) -> None:
        """Made by `Database.write()` and `Database.read()` only."""
        self._scope = scope
        self.inbox = InboxRepository(scope)
        self.conversations = ConversationRepository(scope)
        self.people = PersonRepository(scope)
        self.authorizations = AuthorizationRepository(scope)
        self.link_codes = LinkCodeRepository(scope)
        self.messages = MessageRepository(scope)
        self.outbox = OutboxRepository(scope)
        self.applications = ApplicationRepository(scope)
        self.cases = CaseRepository(scope)
        self.handovers = HandoverRepository(scope)
        self.misunderstood = MisunderstoodRepository(scope)
        self.papers = PaperRepository(scope)
        self.staff = StaffRepository(scope)
        self.second_factors = SecondFactorRepository(scope)
        self.staff_devices = StaffDeviceRepository(scope)
        self.staff_sessions = StaffSessionRepository(scope)
        self.sign_ins = SignInRepository(scope)
        self.read_log = ReadLogRepository(scope)
        self.reminders = ReminderRepository(scope)
        self.ratings = RatingRepository(scope)
        self.sealed_logs = SealedLogRepository(scope)
        self.consents = ConsentRepository(scope)
        self.data_copies = DataCopyRepository(scope)
        self.retention = RetentionRepository(scope)
        self.erasures = ErasureRepository(scope)
        self.whole = WholeRepository(scope)
        self.reencryption = ReencryptionRepository(scope)
        self.web_sessions = WebSessionRepository(scope)
        self.figures = FigureRepository(scope)
        self.workers = WorkerRepository(scope)
        self.channel_switches = ChannelSwitchRepository(scope)
        self.due_notices = DueNoticeRepository(scope)

    @property
    def session(self) -> Session:
        """For the one other thing that writes into the same transaction: the job engine."""
        return self._scope.session

    def enqueue(self, job: str, about: str, *, key: str = "") -> bool:
        """Have a durable job done once this is committed, jobs of one key in order.

        False when no engine runs in this process, as for a command: so what must happen is also found by a
        schedule, and a job only makes it happen now.
        """
        if self._scope.jobs is None or not self._scope.jobs.is_running:
            return False
        self._scope.jobs.enqueue(self, job, about, key=key)
        return True

    def commit(self) -> None:
        """Make it last. Raises RuntimeError in a reading transaction, which has nothing to keep."""
        if not self._scope.is_writing:
            raise RuntimeError("a reading transaction cannot commit")
        self._scope.session.commit()
        for then in dict.fromkeys(self._scope.after_commit):
            then()
