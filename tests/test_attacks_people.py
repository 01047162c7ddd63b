"""Attacks of one resident on another's case: whatever an effect names, only whose case it is may act, or her helper."""

from __future__ import annotations

import pytest
from test_helpers import authorization, confirmed
from tester import Clock, FakeRecognizer, Tester

from actions.carry_out import carry_out
from actions.mind import Mind
from catalog.models import Catalog
from dialogue.effects import AddPapers, Effect, ForgetMe, RateCase, SubmitCorrections, WithdrawCase
from dialogue.messages import Message
from dialogue.progress import Answer
from storage.database import Database
from storage.errors import Conflict
from storage.ids import new_id

ACTS = {
    "withdraw": lambda case_id: WithdrawCase(case_id=case_id),
    "correct": lambda case_id: SubmitCorrections(
        case_id=case_id, answers={"name": Answer(value="王五", shown="王五")}, papers=()
    ),
    "papers": lambda case_id: AddPapers(case_id=case_id, papers=()),
    "rate": lambda case_id: RateCase(case_id=case_id, stars=1, words="不好"),
    "forget": lambda case_id: ForgetMe(case_ids=(case_id,)),
}


@pytest.fixture
def father(database: Database, catalog: Catalog, clock: Clock) -> Tester:
    """On Telegram; on SQLite and on PostgreSQL."""
    recognizer = FakeRecognizer()
    recognizer.knows("给我爸换证", "cert_renew", beneficiary="我爸")
    mind = Mind(catalog=catalog, recognizer=recognizer)
    return Tester(database, mind, channel="telegram", peer="101", clock=clock)


@pytest.fixture
def daughter(father: Tester) -> Tester:
    """On the web; she filed for her father, and he said yes."""
    daughter = another(father, "daughter")
    confirmed(daughter, father)
    return daughter


def another(resident: Tester, peer: str) -> Tester:
    return Tester(resident.database, resident.mind, peer=peer, clock=resident.clock)


def tries(somebody: Tester, case_id: str, act: str) -> None:
    """Carries the effect out as a turn of hers would."""
    effect: Effect = ACTS[act](case_id)
    now = somebody.clock.now
    message = Message(
        channel=somebody.channel, event_id=new_id(), peer=somebody.peer, at=now, text="撤回"
    )
    with somebody.database.write() as work:
        stored = work.conversations.find(somebody.channel, somebody.peer)
        assert stored is not None
        carry_out(work, somebody.catalog, stored, message, (effect,))
        work.commit()


def stored_case(father: Tester, case_id: str) -> object:
    with father.database.read() as work:
        return work.cases.get(case_id)


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_who_names_a_case_does_nothing_to_it(
    father: Tester, daughter: Tester, act: str
) -> None:
    case_id = father.cases()[0].id
    before = stored_case(father, case_id)
    stranger = another(father, "passer-by")
    stranger.says("你好")

    with pytest.raises(Conflict):
        tries(stranger, case_id, act)
    assert stored_case(father, case_id) == before


@pytest.mark.parametrize("act", [one for one in ACTS if one != "rate"])
def test_a_helper_whose_right_was_taken_back_does_nothing_any_more(
    father: Tester, daughter: Tester, act: str
) -> None:
    """Of a case she filed herself she may still say how it went; act on it she may not."""
    case_id = father.cases()[0].id
    father.says("取消授权")
    assert authorization(father).ended_at is not None
    before = stored_case(father, case_id)

    with pytest.raises(Conflict):
        tries(daughter, case_id, act)
    assert stored_case(father, case_id) == before


def test_while_she_may_she_does(father: Tester, daughter: Tester) -> None:
    """Else the tests above would prove nothing."""
    case_id = father.cases()[0].id
    tries(daughter, case_id, "withdraw")

    assert father.cases()[0].state.is_closed
