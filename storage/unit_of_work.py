"""One transaction: every repository works inside it, and only an explicit commit makes it last."""

from __future__ import annotations

from typing import Generic, TypeVar

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
from storage.repositories.handover_events import HandoverEventRepository
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
from storage.repositories.repository import Repository, Scope
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

R = TypeVar("R", bound=Repository)


class _Opened(Generic[R]):
    """A repository, made when it is first asked for: a turn needs six of them."""

    def __init__(self, kind: type[R]) -> None:
        self._kind = kind

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, work: UnitOfWork, _owner: type) -> R:
        """Made now; from then on an attribute of its own, which is found before this."""
        made = self._kind(work._scope)  # noqa: SLF001 - they belong together
        setattr(work, self._name, made)
        return made


class UnitOfWork:
    """The repositories over one transaction. After `commit()` it is over and refuses further work."""

    inbox = _Opened(InboxRepository)
    conversations = _Opened(ConversationRepository)
    people = _Opened(PersonRepository)
    authorizations = _Opened(AuthorizationRepository)
    link_codes = _Opened(LinkCodeRepository)
    messages = _Opened(MessageRepository)
    outbox = _Opened(OutboxRepository)
    applications = _Opened(ApplicationRepository)
    cases = _Opened(CaseRepository)
    handovers = _Opened(HandoverRepository)
    handover_events = _Opened(HandoverEventRepository)
    misunderstood = _Opened(MisunderstoodRepository)
    papers = _Opened(PaperRepository)
    staff = _Opened(StaffRepository)
    second_factors = _Opened(SecondFactorRepository)
    staff_devices = _Opened(StaffDeviceRepository)
    staff_sessions = _Opened(StaffSessionRepository)
    sign_ins = _Opened(SignInRepository)
    read_log = _Opened(ReadLogRepository)
    reminders = _Opened(ReminderRepository)
    ratings = _Opened(RatingRepository)
    sealed_logs = _Opened(SealedLogRepository)
    consents = _Opened(ConsentRepository)
    data_copies = _Opened(DataCopyRepository)
    retention = _Opened(RetentionRepository)
    erasures = _Opened(ErasureRepository)
    whole = _Opened(WholeRepository)
    reencryption = _Opened(ReencryptionRepository)
    web_sessions = _Opened(WebSessionRepository)
    figures = _Opened(FigureRepository)
    workers = _Opened(WorkerRepository)
    channel_switches = _Opened(ChannelSwitchRepository)
    due_notices = _Opened(DueNoticeRepository)

    def __init__(self, scope: Scope) -> None:
        """Made by `Database.write()` and `Database.read()` only."""
        self._scope = scope

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
        self._scope.connection.commit()
        self._scope.connection.close()
        for then in dict.fromkeys(self._scope.after_commit):
            then()
