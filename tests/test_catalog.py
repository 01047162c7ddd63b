"""The one file: every mistake is told at once with its place, and every service in it can be filed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tester import Clock, Talk, Tester

from actions.mind import Mind
from catalog.checks import _WORDS
from catalog.loader import DEFAULT_PATH, CatalogBroken, examine, fingerprint, load_catalog
from dialogue.effects import FileApplication
from dialogue.forms import agreements
from intents.loader import load_recognizer
from storage.database import Database

RAW: dict[str, Any] = json.loads(DEFAULT_PATH.read_text("utf-8"))
CATALOG = load_catalog()
ROLES = {o.id: o.label for o in CATALOG.fields["applicant_role"].choices}


def written(tmp_path: Path, data: dict[str, Any]) -> Path:
    path = tmp_path / "services_catalog.json"
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return path


def service(data: dict[str, Any], service_id: str = "cert_renew") -> dict[str, Any]:
    return next(s for s in data["services"] if s["id"] == service_id)


def mistakes(tmp_path: Path, *changes: Callable[[dict[str, Any]], object]) -> list[str]:
    data = copy.deepcopy(RAW)
    for change in changes:
        change(data)
    return [str(m) for m in examine(written(tmp_path, data))[1]]


def test_the_catalog_is_valid():
    assert examine()[1] == ()


def test_the_catalog_holds_what_was_promised():
    assert len(CATALOG.services) == 76
    assert len(CATALOG.life_events) == 24
    assert len(CATALOG.offices) == 37


MEANING: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "duplicate_id": (
        lambda d: d["services"].append(copy.deepcopy(d["services"][0])),
        "services[76].id",
    ),
    "unknown_field": (
        lambda d: service(d)["form"].append({"field": "shoe_size"}),
        "(cert_renew).form[",
    ),
    "repeated_field": (
        lambda d: service(d)["form"].append({"field": "name"}),
        "(cert_renew).form[",
    ),
    "unknown_condition": (
        lambda d: service(d)["form"].append(
            {"field": "grade", "when": {"field": "course", "is_one_of": ["a"]}}
        ),
        "(cert_renew).form[",
    ),
    "unknown_option": (
        lambda d: service(d)["form"].append(
            {"field": "grade", "when": {"field": "applicant_role", "is_one_of": ["cousin"]}}
        ),
        ".when",
    ),
    "no_choices": (lambda d: d["fields"]["ethnicity"].update(choices=[]), "fields.ethnicity"),
    "needless_choices": (
        lambda d: d["fields"]["grade"].update(choices=[{"id": "a", "label": "甲"}]),
        "fields.grade",
    ),
    "no_why": (lambda d: d["fields"]["mobile"].update(why=""), "fields.mobile"),
    "needless_when": (lambda d: d["fields"]["mobile"].update(when="past"), "fields.mobile"),
    "unknown_service": (
        lambda d: d["life_events"][0]["steps"].append({"service": "flying"}),
        "life_events[0](",
    ),
    "too_many_now": (
        lambda d: [s.update(now=True) for s in d["life_events"][0]["steps"]],
        "life_events[0](",
    ),
    "example_is_check": (
        lambda d: service(d)["checks"].append(service(d)["examples"][0]),
        "cert_renew",
    ),
    "claimed_twice": (
        lambda d: service(d, "cert_new")["examples"].append(service(d)["examples"][0]),
        "cert_renew",
    ),
    "says_twice": (
        lambda d: d["fields"]["ethnicity"]["choices"][1].update(says=["汉族"]),
        "fields.ethnicity",
    ),
    "not_machine": (lambda d: service(d).update(who="谁都行。"), "(cert_renew).who"),
    "no_applicant": (
        lambda d: service(d).update(
            form=[i for i in service(d)["form"] if i["field"] != "applicant_role"]
        ),
        "(cert_renew).form",
    ),
    "no_district": (
        lambda d: d.update(offices=[o for o in d["offices"] if o["kind"] != "district"]),
        "offices",
    ),
}


@pytest.mark.parametrize("code", sorted(MEANING))
def test_a_mistake_is_named_with_its_place(code: str, tmp_path: Path):
    change, place = MEANING[code]
    told = mistakes(tmp_path, change)
    words = _WORDS["meaning"][code].split("{")[0].strip("「")

    assert any(place in m and words in m for m in told), told


def test_all_mistakes_are_named_at_once(tmp_path: Path):
    told = mistakes(
        tmp_path,
        *(
            MEANING[c][0]
            for c in ("unknown_field", "no_why", "no_choices", "unknown_service", "not_machine")
        ),
    )

    assert len(told) >= 5


def test_every_mistake_of_meaning_has_a_test():
    assert set(_WORDS["meaning"]) == {*MEANING, "duplicate_key"}


SHAPE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "missing": (lambda d: service(d).pop("summary"), ".summary：少了这一项"),
    "extra_forbidden": (lambda d: service(d).update(sumary="x"), ".sumary：没有叫这个名字的项"),
    "string_too_short": (lambda d: service(d).update(name=""), ".name：不能空着"),
    "string_too_long": (lambda d: service(d).update(short="长" * 20), ".short：太长了，最多 14"),
    "string_pattern_mismatch": (lambda d: d["services"][9].update(id="证"), ".id：写法不对"),
    "string_type": (lambda d: service(d).update(name=3), ".name：这里要写文字"),
    "too_short": (
        lambda d: service(d).update(examples=["一"]),
        ".examples：太少了，最少 12 条，现在 1 条",
    ),
    "literal_error": (lambda d: service(d).update(kind="wish"), ".kind：只能写这几种"),
    "enum": (lambda d: d["fields"]["mobile"].update(type="身份证"), ".type：没有这种类型"),
    "int_type": (
        lambda d: service(d)["eligibility"].update(age_min={}),
        ".age_min：这里要写整数",
    ),
    "tuple_type": (lambda d: service(d).update(aliases="别名"), ".aliases：这里要写一个列表"),
}


@pytest.mark.parametrize("code", sorted(SHAPE))
def test_a_mistake_of_shape_is_named_with_its_place(code: str, tmp_path: Path):
    change, words = SHAPE[code]
    told = mistakes(tmp_path, change)

    assert any(words in m for m in told), told


def test_all_mistakes_of_shape_are_named_at_once(tmp_path: Path):
    told = mistakes(tmp_path, *(change for change, _ in SHAPE.values()))

    assert len(told) >= 8


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 1'])
def test_a_broken_file_is_told_not_thrown(text: str, tmp_path: Path):
    path = tmp_path / "broken.json"
    path.write_text(text, "utf-8")
    catalog, told = examine(path)

    assert catalog is None
    assert told


def test_a_key_written_twice_is_told(tmp_path: Path):
    text = DEFAULT_PATH.read_text("utf-8").replace('"mobile": {', '"mobile": {"label": "号",', 1)
    path = tmp_path / "twice.json"
    path.write_text(text, "utf-8")

    assert any("label" in str(m) and "两次" in str(m) for m in examine(path)[1])


def test_a_file_saved_by_notepad_is_read(tmp_path: Path):
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + DEFAULT_PATH.read_bytes())

    assert examine(path)[1] == ()


def test_a_broken_catalog_is_refused_with_every_mistake(tmp_path: Path):
    data = copy.deepcopy(RAW)
    data["fields"]["mobile"]["why"] = ""
    with pytest.raises(CatalogBroken) as broken:
        load_catalog(written(tmp_path, data))

    assert len(broken.value.mistakes) == 1
    assert "fields.mobile" in str(broken.value)


def test_the_fingerprint_follows_the_file(tmp_path: Path):
    path = written(tmp_path, RAW)
    before = fingerprint(path)
    path.write_text(path.read_text("utf-8") + " ", "utf-8")

    assert fingerprint(path) != before


# ---- every service works

EVERY = [(s.id, role) for s in CATALOG.services for role in s.applicants]


@pytest.mark.parametrize(("service_id", "role"), EVERY)
def test_every_service_can_be_filled_and_filed(service_id: str, role: str, talk: Talk):
    talk.checks_storing = False
    talk.begins(service_id).fills({"applicant_role": ROLES[role]})
    held = {f: a.value for f, a in talk.form.answers.items()}
    held |= dict.fromkeys(agreements(talk.form, CATALOG), "yes")
    talk.presses("review_right").presses("submit").hears("你的号码是")
    (filing,) = [e.filing for e in talk.effects if isinstance(e, FileApplication)]

    assert filing.service_ids == (service_id,)
    assert filing.office_id in CATALOG.offices_by_id
    assert {q.field: q.value for q in filing.questions} == {
        q.field: held[q.field] for q in filing.questions
    }
    for question in filing.questions:
        if question.value == "":
            continue
        assert question.shown
    assert filing.consent_words
    assert talk.conversation.parked == ()
    asked = {i.field for i in CATALOG.services_by_id[service_id].form}
    assert {q.field for q in talk.cases[0].questions} <= asked


def test_every_service_is_introduced_without_a_hole():
    for entry in CATALOG.services:
        assert "{" not in entry.summary + entry.who + entry.where + entry.after + entry.fee


# ---- one file is enough

NEW_SERVICE: dict[str, Any] = {
    "id": "guide_dog_food",
    "name": "导盲犬口粮补贴",
    "short": "导盲犬口粮",
    "aliases": ["导盲犬粮食补贴"],
    "category": "living",
    "kind": "application",
    "summary": "有导盲犬的人，每月可以领口粮补贴。",
    "who": "浦东户籍、有导盲犬的视力残疾人，可能符合。",
    "papers": [{"name": "导盲犬工作证", "how": "photo"}],
    "where": "街镇的社区事务受理服务中心。",
    "applicants": ["self", "agent"],
    "form": [
        {"field": "applicant_role"},
        {"field": "name"},
        {"field": "mobile"},
        {"field": "dog_name"},
        {"field": "dog_size"},
        {"field": "dog_weight", "when": {"field": "dog_size", "is_one_of": ["big"]}},
    ],
    "eligibility": {"residency": "pudong_hukou", "certificate": "required"},
    "examples": [
        "导盲犬的狗粮能补贴吗",
        "我养了一只导盲犬，吃得很多",
        "领导盲犬要花很多狗粮钱",
        "导盲犬口粮怎么申请",
        "想申请导盲犬的狗粮钱",
        "导盲犬吃的谁给钱",
        "我的导盲犬没钱买狗粮",
        "给导盲犬买狗粮有没有补助",
        "狗粮补贴怎么领",
        "导盲犬伙食费",
        "养导盲犬狗粮太贵",
        "导盲犬狗粮报销",
    ],
    "checks": [
        "导盲犬狗粮钱给补不",
        "我家导盲犬要吃狗粮",
        "狗粮能不能补",
        "导盲犬口粮钱哪里领",
        "导盲狗的粮补贴",
    ],
    "audit": {"confidence": "low"},
}
NEW_FIELDS: dict[str, Any] = {
    "dog_name": {
        "label": "犬名",
        "type": "text",
        "group": "special",
        "shared": False,
        "sensitive": False,
        "question": "导盲犬叫什么名字？",
        "example": "小黑",
    },
    "dog_size": {
        "label": "犬的大小",
        "type": "choice",
        "group": "special",
        "shared": False,
        "sensitive": False,
        "question": "导盲犬大不大？",
        "choices": [
            {"id": "small", "label": "小型"},
            {"id": "big", "label": "大型", "says": ["很大"]},
        ],
    },
    "dog_weight": {
        "label": "犬的体重",
        "type": "number",
        "group": "special",
        "shared": False,
        "sensitive": False,
        "question": "导盲犬多少公斤？",
        "example": "30",
    },
}


_SOME = ("certificate", "subsidy", "assistive_device")


def test_a_new_service_needs_nothing_but_the_catalog_file(
    tmp_path: Path, small_database: Database, clock: Clock, pytestconfig: pytest.Config
):
    """Written into a copy of the file only, it is understood, asked, and filed."""
    data = copy.deepcopy(RAW)
    # A smaller town: learning all of the catalog anew takes most of a minute and shows nothing more.
    data["services"] = [s for s in data["services"] if s["category"] in _SOME]
    data["life_events"] = []
    data["services"].append(NEW_SERVICE)
    data["fields"].update(NEW_FIELDS)
    catalog = load_catalog(written(tmp_path, data))
    cache = Path(pytestconfig.cache.mkdir("understanding"))
    mind = Mind(catalog=catalog, recognizer=load_recognizer(catalog, cache))
    tester = Tester(small_database, mind, clock=clock)

    tester.says("我家导盲犬要吃狗粮")
    if tester.reply.choices[0].id.startswith("service:"):
        tester.presses("service:guide_dog_food")
    tester.hears("导盲犬口粮补贴").presses("start").says("给我自己办", "王秀英")
    tester.fills(until="dog_size").says("很大").is_asked("dog_weight").says("30").is_at("review")
    tester.hears("小黑").says("都对", "同意").hears("你的号码是")

    case = tester.case("guide_dog_food")
    assert tester.value("dog_weight", case) == "30"
