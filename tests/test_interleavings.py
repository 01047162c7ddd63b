"""Several people talking at once, one of them helping two others, in any order: nobody hears of anybody else.

Every reply that reaches a conversation is searched for the names and numbers of everybody who has not, at that
moment, allowed it to be told there.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

from databases import open_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tester import MOBILE, Clock, FakeRecognizer, Tester

from actions.handle_case import CaseWish, handle_case
from actions.mind import Mind
from casework.models import Action, Actor, Move
from catalog.loader import load_catalog

CLERK = Actor(kind="caseworker", id="zhang", name="张科员")
NAMES = {"helper": "赵小芳", "a": "钱建国", "b": "孙秀英", "stranger": "吴老六"}
IDS = {"helper": "110105199001010010", "a": "11010519491231002X", "b": "440524188001010014"}
CODE = re.compile(r"\d{3} \d{3} \d{3}")
STEPS = (
    "helper_files_a", "helper_files_b", "a_files", "b_files", "a_confirms", "b_confirms",
    "a_revokes", "b_hushes", "helper_looks", "a_looks", "b_looks", "stranger_looks",
    "clerk_accepts", "helper_begins", "a_links", "stranger_guesses", "a_my_data", "helper_withdraws",
)  # fmt: skip


@cache
def _mind() -> Mind:
    recognizer = FakeRecognizer()
    recognizer.knows("换证", "cert_renew")
    recognizer.knows("景点", "scenic_free_entry")
    recognizer.knows("给我爸换证", "cert_renew", beneficiary="我爸")
    recognizer.knows("给我妈换证", "cert_renew", beneficiary="我妈")
    return Mind(catalog=load_catalog(), recognizer=recognizer)


class Town:
    """Four people and a caseworker; and who may hear of whom."""

    def __init__(self) -> None:
        self.database = open_database("sqlite://")
        self.database.migrate()
        clock = Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
        self.sides = {
            "helper": ("webchat", "helper"),
            "a": ("telegram", "1"),
            "b": ("webchat", "b"),
            "stranger": ("webchat", "stranger"),
        }
        self.people = {
            who: Tester(self.database, _mind(), channel=channel, peer=peer, clock=clock)
            for who, (channel, peer) in self.sides.items()
        }
        self.clock = clock
        self.allowed = {who: {who} for who in NAMES}
        self.codes: dict[str, str] = {}
        self.seen: dict[str, int] = {}
        self.is_ended: set[str] = set()

    def checked(self) -> None:
        """Nothing new in any conversation tells of somebody who may not be told of there."""
        with self.database.read() as work:
            for who, (channel, peer) in self.sides.items():
                stored = work.conversations.find(channel, peer)
                if stored is None:
                    continue
                key = stored.conversation.id
                for line in work.messages.after(key, self.seen.get(key, 0), 10_000):
                    self.seen[key] = line.seq
                    if line.reply is not None:
                        self._check(who, line.reply.as_plain_text())

    def _check(self, who: str, text: str) -> None:
        for other in set(NAMES) - self.allowed[who]:
            number = IDS.get(other, NAMES[other])
            for secret in (NAMES[other], number, number[-6:]):
                assert secret not in text, f"{who} hears {other}: {text}"

    def file(self, by: str, about: str, words: str) -> None:
        given = {
            "applicant_role": "给我自己办" if by == about else "我帮家人或别人办",
            "name": NAMES[about],
            "id_number": IDS[about],
            "disability_cert_no": IDS[about] + "41",
            "agent_name": NAMES["helper"],
            "agent_relation": "女儿",
            "agent_id_number": IDS["helper"],
            "agent_mobile": MOBILE,
        }
        tester = self.people[by]
        if tester.says("返回").conversation.focus.kind in ("filling", "correcting"):
            tester.says("取消", "不要了")
        tester.says(words)
        if not any(c.id == "start" for c in tester.reply.choices):
            return
        tester.presses("start")
        if any(c.id == "start_anew" for c in tester.reply.choices):
            tester.presses("start_anew")
        tester.fills(given)
        tester.presses("review_right").presses("submit")
        self.allowed[by].add(about)

    def step(self, name: str) -> None:
        getattr(self, f"_{name}")()
        self.checked()

    def _helper_files_a(self) -> None:
        if "a" not in self.is_ended:
            self.file("helper", "a", "给我爸换证")

    def _helper_files_b(self) -> None:
        if "b" not in self.is_ended:
            self.file("helper", "b", "给我妈换证")

    def _a_files(self) -> None:
        self.file("a", "a", "景点")

    def _b_files(self) -> None:
        self.file("b", "b", "景点")

    def _confirm(self, who: str) -> None:
        helper = self.people["helper"]
        helper.says("请他确认")
        named = [c for c in helper.reply.choices if NAMES[who] in c.label]
        if named:
            helper.presses(named[0].id)
        code = CODE.search(helper.shown())
        if code is None or (NAMES[who] not in helper.shown()):
            return
        # Whoever types the code learns the helper's name: that is what she is asked about.
        self.allowed[who].add("helper")
        self.people[who].says(code[0])
        if "最后四位" in self.people[who].shown():
            self.people[who].says(IDS[who][-4:])
        if any(c.id == "consent_all" for c in self.people[who].reply.choices):
            self.people[who].presses("consent_all")

    def _a_confirms(self) -> None:
        self._confirm("a")

    def _b_confirms(self) -> None:
        self._confirm("b")

    def _a_revokes(self) -> None:
        self.people["a"].says("取消授权")
        if "已经收回" in self.people["a"].shown():
            self.checked()
            self.allowed["helper"].discard("a")
            self.is_ended.add("a")

    def _b_hushes(self) -> None:
        self.people["b"].says("不要告诉我女儿")
        if "不再告诉" in self.people["b"].shown():
            self.is_ended.add("b")

    def _helper_looks(self) -> None:
        self.people["helper"].says("查进度", "我的资料")
        if "b" in self.is_ended:
            with self.database.read() as work:
                stored = work.conversations.find("webchat", "helper")
                last = [
                    m.reply.text
                    for m in work.messages.latest(stored.conversation.id, 3)
                    if m.reply
                ]
            assert not any(NAMES["b"] in text and "号码" in text for text in last), last

    def _a_looks(self) -> None:
        self.people["a"].says("查进度", "谁在帮我")

    def _b_looks(self) -> None:
        self.people["b"].says("查进度", "我在帮谁")

    def _stranger_looks(self) -> None:
        self.people["stranger"].says("你好", "查进度", "我的资料", "撤回", "谁在帮我")

    def _clerk_accepts(self) -> None:
        with self.database.read() as work:
            rows = [r for o in _mind().catalog.offices for r in work.cases.queue(o.id)]
            cases = [work.cases.get(row.case_id).case for row in rows]
        case = next((c for c in cases if c.state.value == "submitted"), None)
        if case is None:
            return
        wish = CaseWish(
            case_id=case.id,
            office_id=case.office_id,
            seen_version=case.version,
            move=Move(action=Action.ACCEPT, by=CLERK),
        )
        handle_case(self.database, _mind().catalog, wish, self.clock.tick())

    def _helper_begins(self) -> None:
        helper = self.people["helper"]
        helper.says("景点")
        if any(c.id == "start" for c in helper.reply.choices):
            helper.presses("start")
        helper.says("返回", "取消")
        helper.says("不要了")

    def _helper_withdraws(self) -> None:
        helper = self.people["helper"]
        helper.says("撤回")
        if any(c.id.startswith("take_back:") for c in helper.reply.choices):
            helper.picks(1)
        if any(c.id == "withdraw_yes" for c in helper.reply.choices):
            helper.presses("withdraw_yes")

    def _a_links(self) -> None:
        if "tablet" in self.people:
            return
        self.people["a"].says("换电脑")
        code = CODE.search(self.people["a"].shown())
        tablet = Tester(self.database, _mind(), peer="tablet", clock=self.clock)
        self.people["tablet"] = tablet
        tablet.says(code[0]).presses("join_yes")
        self.sides["tablet"] = ("webchat", "tablet")
        self.allowed["tablet"] = self.allowed["a"]

    def _stranger_guesses(self) -> None:
        self.people["stranger"].says("123 456 789")

    def _a_my_data(self) -> None:
        self.people["a"].says("我的资料", "我的需要")


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(STEPS), min_size=6, max_size=14))
def test_nobody_hears_of_anybody_else_in_any_order(steps: list[str]):
    town = Town()
    try:
        for name in steps:
            town.step(name)
    finally:
        town.database.close()


def test_the_whole_story_of_two_helped_people():
    """The order in which everything really happens, so that the property above is not about nothing."""
    town = Town()
    for name in (
        "helper_files_a", "helper_files_b", "a_confirms", "b_confirms", "clerk_accepts",
        "helper_looks", "helper_begins", "a_looks", "b_looks", "stranger_looks", "a_links", "a_my_data",
        "b_hushes", "clerk_accepts", "helper_looks", "helper_withdraws", "a_revokes",
        "helper_looks", "helper_begins", "clerk_accepts", "stranger_guesses",
    ):  # fmt: skip
        town.step(name)
    assert town.is_ended == {"a", "b"}
    town.database.close()
