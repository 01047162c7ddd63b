"""Answers as people give them: the value that is read, or the code of what is wrong."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tester import ADDRESS, CERT, ID, MOBILE, Talk

from catalog.loader import load_catalog
from catalog.models import FieldSpec, FieldType, Option
from intents import identity_numbers as numbers
from intents.dates import read_date
from intents.numerals import numbers_in, to_number
from intents.places import find_office
from intents.slot_types import Parsed, Problem, Surroundings, mask, read_answer
from intents.small_words import is_done, is_lacking, is_later, is_same, is_unknown, is_yes
from intents.writing import bare, visible

CATALOG = load_catalog()
TODAY = date(2026, 11, 25)


def read(asked: str, text: str, *, last_try: bool = False) -> Parsed | Problem:
    around = Surroundings(today=TODAY, offices=CATALOG.offices, last_try=last_try)
    return read_answer(CATALOG.fields[asked], text, around)


WRONG = {
    "empty": {"name": ["", "   ", "\u200b\u200f", "\n\t"]},
    "name_digits": {"name": ["王3", "13912345678", "１２３", "110105"]},
    "name_odd": {
        "name": [
            "没有",
            "不知道",
            "给我妈办",
            "我想配助听器",
            "怎么填",
            "好的",
            "是的",
            "忘了",
            "就这些",
            "以后补",
            "不改",
            "。。。",
            "@#￥",
            "/foo",
            "😀😀",
            "- -",
        ]
    },
    "name_long": {
        "name": ["我的名字其实叫王秀英啊", "阿卜杜热西提买买提", "今天天气真好我想问问"]
    },
    "digits_none": {
        "id_number": ["不清楚", "还没有办", "啊", "一样"],
        "disability_cert_no": ["还没有办", "丢了"],
        "mobile": ["没有手机", "哦", "？"],
        "bank_account_no": ["没有卡"],
        "hukou_postcode": ["不记得"],
    },
    "id_length": {"id_number": ["1234", ID[:17], ID + "1", "1" * 400]},
    "id_old": {"id_number": ["110105491231002"]},
    "id_characters": {"id_number": ["X" * 18, "1101051949123100XX"]},
    "id_birth_date": {
        "id_number": ["110105199902310028", "110105209912310028", "110105170012310028"]
    },
    "id_checksum": {"id_number": ["110105194912310021", "110105194912310020"]},
    "cert_is_id_number": {"disability_cert_no": [ID, "440524188001010014"]},
    "cert_length": {"disability_cert_no": ["123", ID + "4", CERT + "B12"]},
    "cert_characters": {"disability_cert_no": ["BB" + CERT[2:], CERT[:19] + "X"]},
    "cert_id_checksum": {"disability_cert_no": ["11010519491231002142"]},
    "cert_id_birth_date": {"disability_cert_no": ["11010519991331002142"]},
    "cert_category": {"disability_cert_no": [ID + "82", ID + "02"]},
    "cert_level": {"disability_cert_no": [ID + "45", ID + "40"]},
    "phone_short": {"mobile": ["1391234567", "12345", "110"]},
    "phone_long": {"mobile": ["139123456789", "1391234567813912345678"]},
    "phone_odd": {"mobile": ["23912345678", "12912345678"]},
    "date_impossible": {
        "cert_valid_until": [
            "2026年2月31日",
            "2026-13-01",
            "20260231",
            "13月5日",
            "99999999999999天前",
            "9999年前",
            "99999999999年1月1日",
        ]
    },
    "date_lunar": {"cert_valid_until": ["农历八月十五", "腊月二十", "正月初一"]},
    "date_incomplete": {"cert_valid_until": ["2026年", "5号", "12"]},
    "date_unclear": {"cert_valid_until": ["快了", "不晓得", "春天"]},
    "number_unclear": {"companion": ["几个", "3.5", "好多人"]},
    "money_unclear": {"household_income": ["不多", "看情况"]},
    "address_town": {"residence_address": ["幸福路12弄3号401室", "我家", "浦东新区"]},
    "address_detail": {
        "residence_address": ["花木街道", "浦东新区花木街道", "上海市浦东新区三林镇"]
    },
    "town_unknown": {"reception_center": ["随便", "徐家汇"]},
    "choice_unclear": {
        "disability_category": ["看情况", "听力言语", "3"],
        "bank_name": ["浙商银行", "某银行"],
        "device_type": ["咕噜", "不要电动轮椅"],
    },
    "yes_no_unclear": {"past_retrofit": ["也许", "不知道", "要不要带东西", "有没有补贴"]},
    "text_long": {"grade": ["三" * 201], "objection": ["错" * 2001]},
    "text_empty": {"grade": ["……", "！！"], "objection": ["。"]},
    "bank_length": {"bank_account_no": ["123", "1" * 20]},
    "postcode_length": {"hukou_postcode": ["2012", "2012041"]},
    "credit_code": {"business_license_no": ["123", "91310115MA1K000004", "没有"]},
    "file_wanted": {"photo": ["这是照片", "在路上"]},
}

RIGHT = {
    "name": {
        "王秀英": "王秀英",
        "我叫王秀英。": "王秀英",
        "我的名字叫王秀英": "王秀英",
        "我爸叫王建国": "王建国",
        "我姓王，叫王秀英": "王秀英",
        "名字是：李娜": "李娜",
        "王 秀 英": "王秀英",
        "“王秀英”": "王秀英",
        "欧阳娜娜": "欧阳娜娜",
        "阿卜杜拉·买买提": "阿卜杜拉·买买提",
        "阿卜杜拉•买买提": "阿卜杜拉·买买提",
        "Mary Wong": "Mary Wong",
        "邢𠮷": "邢𠮷",
        "刘〇": "刘〇",
        "葛󠄀小明": "葛小明",
        "\u202d王秀英\u202c": "王秀英",
    },
    "id_number": {
        ID: ID,
        "11010519491231002x": ID,
        "110105 19491231 002X": ID,
        "一一零一零五，一九四九一二三一，零零二叉": ID,
        "身份证号是11010519491231002X": ID,
        "１１０１０５１９４９１２３１００２Ｘ": ID,
        CERT: ID,
    },
    "disability_cert_no": {
        CERT: CERT,
        "110105 19491231 002X 42": CERT,
        CERT + "B1": CERT + "B1",
        "证号是" + CERT.lower() + "b": CERT + "B",
    },
    "mobile": {
        MOBILE: MOBILE,
        "139 1234 5678": MOBILE,
        "139-1234-5678": MOBILE,
        "+86 139 1234 5678": MOBILE,
        "0086 13912345678": MOBILE,
        "幺三九 一二三四 五六七八": MOBILE,
        "我的手机是13912345678": MOBILE,
        "１３９１２３４５６７８": MOBILE,
        "\u202d139 1234 5678\u202c": MOBILE,
        "58881234": "021-58881234",
        "021-5888 1234": "021-58881234",
        "0551-65123456": "055165123456",
    },
    "cert_valid_until": {
        "2027年6月30日": "2027-06-30",
        "二〇二七年六月三十日": "2027-06-30",
        "27年6月30号": "2027-06-30",
        "2027-6-30": "2027-06-30",
        "2027/06/30": "2027-06-30",
        "20270630": "2027-06-30",
        "２０２７年６月３０日": "2027-06-30",
        "2027年6月": "2027-06",
        "昨天": "2026-11-24",
        "大前天": "2026-11-22",
        "后天": "2026-11-27",
        "上礼拜三": "2026-11-18",
        "下周日": "2026-12-06",
        "三天前": "2026-11-22",
        "两个星期前": "2026-11-11",
        "半年前": "2026-05",
        "两年半前": "2024-05",
        "上个月5号": "2026-10-05",
        "去年十月": "2025-10",
        "明年3月5日": "2027-03-05",
        "3月5号": "2026-03-05",
        "85年3月5日": "1985-03-05",
    },
    "companion": {"1": "1", "两个人": "2", "没有": "0", "十二": "12", "就我一个人": "0"},
    "tax_year": {
        "2026": "2026",
        "2026年": "2026",
        "今年": "2026",
        "去年": "2025",
        "二〇二六年": "2026",
    },
    "household_income": {
        "3500": "3500",
        "3,500元": "3500",
        "三千五": "3500",
        "一个月三千五": "3500",
        "两个人一共4000": "4000",
        "3.5万": "35000",
        "三点五万": "35000",
        "两万零五百": "20500",
        "一千零五块": "1005",
        "五六千": "6000",
        "没有收入": "0",
        "0": "0",
        "1200.50": "1200.50",
    },
    "residence_address": {
        ADDRESS: ADDRESS,
        "三林镇菜市场旁边88号": "三林镇菜市场旁边88号",
        "安徽省阜阳市颍州区清河路1号": "安徽省阜阳市颍州区清河路1号",
        "黄浦区老西门街道安乐路5号": "黄浦区老西门街道安乐路5号",
    },
    "reception_center": {
        "花木街道": "310115",
        "花木": "310115",
        "去陆家嘴办": "310115",
        "路家嘴街道": "310115",
    },
    "disability_category": {
        "听力": "hearing",
        "聽力": "hearing",
        "是听力的": "hearing",
        "不是听力，是言语": "speech",
        "不知道": "unknown",
        "肢体残疾": "physical",
    },
    "bank_name": {"招商银行": "cmb", "建社银行": "ccb", "工商银行": "icbc"},
    "device_type": {
        "助听器": ("hearing_aid",),
        "轮椅和拐杖": ("wheelchair", "cane"),
        "不要电动轮椅，要助行器": ("walker",),
        "助行器、助听器": ("walker", "hearing_aid"),
    },
    "adl_status": {
        "不能走路": ("walk",),
        "走路和洗澡都要人帮": ("walk", "bathe"),
        "都不用帮": ("none",),
    },
    "school_support": {
        "有人陪读，还要大字课本": ("accompany", "large_print"),
        "都不用": ("none",),
    },
    "past_retrofit": {
        "是": "yes",
        "對": "yes",
        "有的，前年做的": "yes",
        "改过": "yes",
        "没做过": "no",
        "不是": "no",
        "沒有": "no",
        "未改造": "no",
        "没有做过": "no",
    },
    "grade": {"小学三年级": "小学三年级"},
    "objection": {"评的时候没看我新做的检查": "评的时候没看我新做的检查"},
    "bank_account_no": {
        "6222 0012 3456 7890 122": "6222001234567890122",
        "卡号是6222001234567890122": "6222001234567890122",
    },
    "hukou_postcode": {"201204": "201204", "二零一二零四": "201204", "邮编２０１２０４": "201204"},
    "business_license_no": {
        "91310115MA1K000003": "91310115MA1K000003",
        "91310115ma1k000003": "91310115MA1K000003",
    },
    "photo": {"以后补": "", "没带": "", "没有": ""},
}

WRONG_ROWS = [(code, f, t) for code, by in WRONG.items() for f, texts in by.items() for t in texts]
RIGHT_ROWS = [(f, t, v) for f, rows in RIGHT.items() for t, v in rows.items()]


@pytest.mark.parametrize(("code", "asked", "text"), WRONG_ROWS)
def test_what_does_not_fit_has_its_code(code: str, asked: str, text: str):
    found = read(asked, text)

    assert isinstance(found, Problem), found
    assert found.code == code


@pytest.mark.parametrize(("asked", "text", "value"), RIGHT_ROWS)
def test_what_fits_is_read(asked: str, text: str, value: object):
    found = read(asked, text)

    assert isinstance(found, Parsed), found
    if asked == "reception_center":
        assert found.value.startswith(value)
        return
    assert found.value == value


def test_there_are_enough_rows():
    assert len(WRONG_ROWS) + len(RIGHT_ROWS) >= 150


def test_every_type_has_a_reader():
    for kind in FieldType:
        spec = CATALOG.fields["name"].model_copy(
            update={"type": kind, "choices": (Option(id="a", label="甲"),)}
        )

        assert isinstance(read_answer(spec, "王秀英", Surroundings(today=TODAY)), Parsed | Problem)


@pytest.mark.parametrize("code", sorted(WRONG))
def test_every_problem_has_a_sentence(code: str):
    from dialogue.wording import has

    assert has(f"problem_{code}")


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("cert_valid_until", "昨天"),
        ("cert_valid_until", "3月5日"),
        ("household_income", "一个月三千五"),
        ("household_income", "五六千"),
        ("tax_year", "今年"),
        ("bank_name", "建社银行"),
        ("bank_account_no", "6222001234567890123"),
    ],
)
def test_what_was_worked_out_is_read_back(asked: str, text: str):
    found = read(asked, text)

    assert isinstance(found, Parsed)
    assert not found.is_certain


@pytest.mark.parametrize(
    ("asked", "text"),
    [("name", "阿卜杜热西提买买提"), ("name", "王"), ("residence_address", "幸福路12弄3号401室")],
)
def test_after_failing_twice_what_can_be_taken_is_taken(asked: str, text: str):
    assert isinstance(read(asked, text), Problem)

    assert isinstance(read(asked, text, last_try=True), Parsed)


def test_a_certificate_number_tells_all_that_is_in_it():
    told = read("disability_cert_no", CERT).derived

    assert told == {
        "id_number": ID,
        "disability_category": "physical",
        "disability_level": "level_2",
        "birth_date": "1949-12-31",
        "sex": "female",
    }


def test_the_codes_in_a_certificate_number_are_options_of_the_catalog():
    for codes, asked in (
        (numbers.CATEGORY_CODES, "disability_category"),
        (numbers.LEVEL_CODES, "disability_level"),
    ):
        assert set(codes.values()) <= {o.id for o in CATALOG.fields[asked].choices}


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("浦东新区三林镇花木路12号", "三林镇"),
        ("浦东新区花木街道三林路1号", "花木街道"),
        ("上海浦东陆家嘴金山路1号102", "陆家嘴街道"),
    ],
)
def test_the_town_is_told_by_its_own_name_not_by_a_road(text: str, town: str):
    assert find_office(text, CATALOG.offices).name == town
    assert read("residence_address", text).derived["town"]


@pytest.mark.parametrize("text", ["黄浦区花木路1号", "江苏省苏州市花木村1号"])
def test_an_address_elsewhere_tells_no_town(text: str):
    assert read("residence_address", text).derived == {}


@pytest.mark.parametrize("office", CATALOG.offices, ids=lambda office: office.id)
def test_every_office_is_found_by_all_its_names(office: object):
    for name in (office.name, *office.says):
        assert find_office(f"我住{name}", CATALOG.offices) is office


CHOICE_ROWS = [
    (name, option.id, word)
    for name, spec in CATALOG.fields.items()
    for option in spec.choices
    for word in (option.label, *option.says)
]


def test_every_option_is_reached_by_its_label_and_by_all_its_other_words():
    missed = []
    for name, option, word in CHOICE_ROWS:
        found = read(name, word)
        value = found.value if isinstance(found, Parsed) else found
        if value not in (option, (option,)):
            missed.append((name, word, value))

    assert missed == []


def test_every_example_of_the_catalog_is_a_good_answer():
    for name, spec in CATALOG.fields.items():
        if spec.example:
            assert isinstance(read(name, spec.example), Parsed), name


PROMISED = [
    (name, word)
    for name, spec in CATALOG.fields.items()
    for found in re.finditer(r"说“(.+?)”|就说(不知道|没有)", spec.hint)
    for word in (found[1] or found[2],)
]


@pytest.mark.parametrize(("asked", "word"), PROMISED)
def test_what_a_hint_promises_works(asked: str, word: str, talk: Talk):
    service = next(s for s in CATALOG.services if any(i.field == asked for i in s.form))
    given = {"applicant_role": "我是监护人" if "guardian" in service.applicants else "给我自己办"}
    given["disability_cert_no"] = "不知道"
    item = next(i for i in service.form if i.field == asked)
    if item.when is not None:
        spec = CATALOG.fields[item.when.field]
        given[item.when.field] = next(
            o.label for o in spec.choices if o.id == item.when.is_one_of[0]
        )
    talk.begins(service.id).fills(given, until=asked).is_asked(asked)

    talk.says(word)
    while talk.form.stage == "confirming":
        talk.presses("right")

    assert talk.form.asking != asked, talk.shown()


@pytest.mark.parametrize(
    ("reader", "yes", "no"),
    [
        (is_unknown, ["不知道", "忘了。", "不晓得"], ["知道", "不"]),
        (is_done, ["就这些", "没有了！"], ["还有"]),
        (is_later, ["以后补", "没带", "没有"], ["有"]),
        (
            is_same,
            ["一样", "同上", "和住的地方一样", "跟住址一样的", "都是一样"],
            ["不一样", "三林镇一样的路"],
        ),
        (is_lacking, ["还没有办", "没有", "孩子还没"], ["有", "没12"]),
        (is_yes, ["是", "好的", "OK", "嗯嗯", "對"], ["不是", "不对", "沒有"]),
    ],
)
def test_small_words(reader: object, yes: list[str], no: list[str]):
    for text in yes:
        assert reader(text) is True, text
    for text in no:
        assert reader(text) is False, text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一亿三千万", 130_000_000),
        ("两千三百万", 23_000_000),
        ("一万零五百", 10_500),
        ("三万五", 35_000),
        ("一百二", 120),
        ("二十五", 25),
        ("十", 10),
        ("三点五", 3.5),
        ("3.5万", 35_000),
        ("1,234", 1234),
        ("万", None),
        ("点", None),
        ("", None),
        ("1" * 5000, None),
    ],
)
def test_numerals(text: str, value: float | None):
    assert to_number(text) == value


@pytest.mark.parametrize(
    ("kind", "value", "shown", "masked"),
    [
        (FieldType.ID_NUMBER, ID, ID, "1101**********002X"),
        (FieldType.CERT_NO, CERT, CERT, "1101************2X42"[:4] + "*" * 12 + CERT[-4:]),
        (FieldType.PHONE, MOBILE, MOBILE, "139****5678"),
        (FieldType.TEXT, "脑梗", "脑梗", "脑＊＊＊＊"),
        (FieldType.CHOICES, ("a",), "甲", "＊＊＊＊"),
        (FieldType.PHONE, "", "以后补", "以后补"),
    ],
)
def test_masks(kind: FieldType, value: object, shown: str, masked: str):
    assert mask(kind, value, shown) == masked


def test_two_writings_of_one_word_are_equal():
    assert bare("對。") == bare("对")
    assert bare("ＯＫ ") == "ok"
    assert visible("\u200f人\u200b工\u202c") == "人工"


SPECS = [CATALOG.fields[name] for name in sorted(CATALOG.fields)]
ODD = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "零一二三四五六七八九十百千万亿点年月日号前后天周元块0123456789Xx.,，。 \u200b\u0000不没是"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@given(spec=st.sampled_from(SPECS), text=ODD, last_try=st.booleans())
@settings(max_examples=600, deadline=None)
def test_no_text_makes_a_reader_fail(spec: FieldSpec, text: str, last_try: bool):
    around = Surroundings(today=TODAY, offices=CATALOG.offices, last_try=last_try)

    found = read_answer(spec, text, around)

    assert isinstance(found, Parsed | Problem)
    if isinstance(found, Parsed) and spec.type in (FieldType.CHOICE, FieldType.CHOICES):
        values = found.value if isinstance(found.value, tuple) else (found.value,)
        assert set(values) <= {o.id for o in spec.choices}


@given(text=ODD)
@settings(max_examples=300, deadline=None)
def test_no_text_makes_dates_or_numbers_fail(text: str):
    read_date(text, TODAY)
    numbers_in(text)


@pytest.mark.parametrize(
    "text",
    ["1" * 10_000, "万" * 10_000, "九" * 10_000 + "年前", "点" * 5000, "一" * 5000 + "年1月1日"],
)
def test_endless_numbers_are_read_quickly(text: str):
    started = time.perf_counter()

    for asked in (
        "household_income",
        "companion",
        "cert_valid_until",
        "mobile",
        "id_number",
        "name",
    ):
        assert isinstance(read(asked, text), Parsed | Problem)

    assert time.perf_counter() - started < 1


# What a tester of session 4 was silently misunderstood in: names, amounts, dates, texts.

TODAYS_NO_ANSWER = {
    "name": {
        "name_same": ["跟上次一样", "同上", "刚才说过了", "身份证上有", "照片上有"],
        "name_refused": ["不想说", "保密", "随便", "你猜"],
        "name_self": ["本人", "就是我自己", "我"],
        "name_surname": [
            "我姓张",
            "张",
            "弓长张",
            "张阿姨",
            "沈老太",
            "王某",
            "王XX",
            "我叫老张",
            "欧阳",
        ],
        "name_relation": ["我女儿", "他爸", "我是他爸"],
        "name_odd": [
            "我不会写字",
            "侬讲啥",
            "老师好",
            "我妈叫什么来着",
            "都要",
            "嗯对的",
            "对的呀",
        ],
    },
    "guardian_name": {"name_own": ["我是他爸"], "name_self": ["本人"]},
    "bank_account_name": {
        "name_relation": ["我女儿", "我女儿的卡"],
        "name_self": ["本人", "就是我自己", "我的名字"],
        "name_same": ["和上面一样"],
    },
    "household_income": {
        "money_unclear": ["-500", "欠债5000", "一套房子"],
        "money_rough": ["十几万", "几千", "好几万"],
        "money_several": ["我1200她800", "工资2000，低保800"],
        "money_a_month": ["一年三万六", "12000/年"],
    },
    "household_expense": {"money_a_year": ["每个月2000"]},
    "companion": {"number_unclear": ["-1", "两三个"]},
    "tax_year": {"year_far": ["2050", "1990"], "number_several": ["2023到2025"]},
    "death_date": {
        "date_ahead": ["2027年3月1日", "明年三月", "明天"],
        "date_far": ["1899年1月1日"],
        "date_several": ["我妈3月8号生病，4月2号走的"],
        "date_incomplete": ["去年", "97年"],
        "date_impossible": ["2月30号"],
    },
    "purchase_date": {"date_ahead": ["2030.5.1"]},
    "start_date": {"date_over": ["昨天", "2026年10月5号"], "date_unclear": ["越快越好"]},
    "cert_valid_until": {
        "date_no_end": ["长期", "永久有效"],
        "date_expired": ["过期了", "已经过期了"],
        "date_far": ["1799年1月1日", "2300年1月1日"],
    },
    "trip_time": {"date_over": ["昨天下午", "2026年1月3号"]},
    "school_name": {
        "text_same": ["跟上次一样", "同上"],
        "text_wait": ["等一下我想想", "等等", "我想想", "让我再看看"],
        "text_correcting": ["不对，学校是建平中学"],
        "text_unknown": ["不知道"],
    },
    "facts_statement": {
        "text_wait": ["等一下我想想"],
        "text_stuck": ["不知道怎么说", "我不会说"],
        "text_unknown": ["不知道"],
    },
    "opposing_party": {"text_unknown": ["不知道", "说不清"]},
    "id_number": {
        "digits_insist": ["没错啊 就是这个号"],
        "id_old": ["老身份证，没换过", "110105491231002"],
    },
    "residence_address": {
        "address_town": ["都说了没有", "居委会隔壁"],
        "address_detail": ["惠南镇城东路", "周浦万达旁边", "三林塘 上南路"],
    },
}
NO_ANSWER_ROWS = [
    (asked, code, text)
    for asked, by_code in TODAYS_NO_ANSWER.items()
    for code, texts in by_code.items()
    for text in texts
]


@pytest.mark.parametrize(("asked", "code", "text"), NO_ANSWER_ROWS)
def test_words_that_are_no_answer_are_not_kept_as_one(asked: str, code: str, text: str):
    from dialogue.wording import has

    found = read(asked, text)

    assert isinstance(found, Problem), found
    assert found.code == code
    assert has(f"problem_{code}")


READ_BACK = {
    "name": {
        "我妈王秀英": "王秀英",
        "叫王建国，不对，王建民": "王建民",
        "不是王建国，是王建民": "王建民",
        "弓长张，伟大的伟": "张伟",
        "张伟的伟是伟大的伟": "张伟",
        "马上": "马上",
        "周末": "周末",
        "徐家汇": "徐家汇",
        "买买提": "买买提",
        "周末再说": "周末再说",
    },
    "household_income": {
        "2": "2",
        "没存款": "0",
        "没有没有": "0",
        "一分都没有": "0",
        "两千七八": "2800",
        "三千到四千": "4000",
        "工资2000加低保800一共2800": "2800",
    },
    "household_property": {"一套老房子，没存款": "0", "两套房，存款20万": "200000"},
    "companion": {"就我一个": "0", "500": "500"},
    "tax_year": {"25年": "2025"},
    "death_date": {
        "12月20号": "2025-12-20",
        "11月25号": "2026-11-25",
        "去年今天": "2025-11-25",
        "三月份": "2026-03",
    },
    "start_date": {"1月5号": "2027-01-05", "三月": "2027-03", "12月1号": "2026-12-01"},
    "difficulty_date": {"去年": "2025", "97年": "1997"},
    "vehicle_model": {"没有": "没有"},
    "bank_account_no": {"用我女儿的卡 6222001234567890122": "6222001234567890122"},
    "old_hukou_address": {"安徽": "安徽"},
}
CERTAIN = {
    "name": {
        "王来娣": "王来娣",
        "张有才": "张有才",
        "李娜": "李娜",
        "陳大文": "陳大文",
        "司马光": "司马光",
        "张王秀英": "张王秀英",
        "就是王建国": "王建国",
        "王秀英，女": "王秀英",
        "我妈妈叫王秀英": "王秀英",
    },
    "household_income": {
        "2k": "2000",
        "1万2": "12000",
        "3万5": "35000",
        "每月1千2百": "1200",
        "5W": "50000",
        "低保1400": "1400",
        "3 万": "30000",
    },
    "household_property": {"10来万": "100000", "存款2w": "20000", "3万多": "30000"},
    "companion": {"没有没有": "0", "一个都没有": "0", "没有人陪": "0", "就我女儿一个": "1"},
    "mobile": {"01391234 5678": MOBILE, "010-65123456": "01065123456"},
    "death_date": {"2026年10月8日": "2026-10-08"},
    "cert_valid_until": {"2019年6月": "2019-06"},
    "trip_time": {"明天下午": "明天下午", "上周三去过，下周再去": "上周三去过，下周再去"},
    "skills": {"没有": "没有"},
    "facts_statement": {"不对，他们说是我的错，其实不是": "不对，他们说是我的错，其实不是"},
    "residence_address": {
        "惠南镇城东路119号": "惠南镇城东路119号",
        "不晓得啥街道就是世纪公园旁边，花木路1号": "世纪公园旁边，花木路1号",
        "航头镇牌楼村三组": "航头镇牌楼村三组",
    },
    "old_hukou_address": {"惠南镇": "惠南镇"},
}


@pytest.mark.parametrize(
    ("asked", "text", "value", "is_certain"),
    [
        (asked, text, value, is_certain)
        for table, is_certain in ((READ_BACK, False), (CERTAIN, True))
        for asked, rows in table.items()
        for text, value in rows.items()
    ],
)
def test_only_what_may_be_wrong_is_read_back(asked: str, text: str, value: str, is_certain: bool):
    found = read(asked, text)

    assert isinstance(found, Parsed), found
    assert (found.value, found.is_certain) == (value, is_certain)


@pytest.mark.parametrize("text", ["本人", "就是我自己", "和上面一样"])
def test_the_holder_of_an_account_may_be_the_applicant(text: str):
    around = Surroundings(today=TODAY, applicant_name="王秀英")

    found = read_answer(CATALOG.fields["bank_account_name"], text, around)

    assert isinstance(found, Parsed)
    assert (found.value, found.is_certain) == ("王秀英", False)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("residence_address", "都说了没有"),
        ("residence_address", "凭什么告诉你"),
        ("name", "弓长张"),
        ("name", "不想说"),
        ("difficulty_date", "长期"),
    ],
)
def test_not_even_the_third_time_is_what_is_no_answer_kept(asked: str, text: str):
    assert isinstance(read(asked, text, last_try=True), Problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [("我姓张", "张，听到了。"), ("我女儿", "你女儿叫什么名字？"), ("不想说", "跳过")],
)
def test_somebody_who_gives_no_name_is_told_what_to_say(text: str, said: str, talk: Talk):
    talk.begins("family_doctor").fills(until="name")

    talk.says(text)

    assert said in talk.shown()
    assert talk.form.asking == "name"


def test_a_fact_that_is_not_known_is_left_open_not_written_down(talk: Talk):
    talk.begins("legal_aid").fills(until="opposing_party")

    talk.says("不知道")

    assert talk.form.asking != "opposing_party"
    left = talk.form.answers.get("opposing_party")
    assert left is None or left.value == ""


# ---- choices and yes or no: certain, read back, or asked again

SURE = {
    "applicant_role": {
        "我自己办": "self",
        "我要给自己办": "self",
        "给我妈": "agent",
        "我替我爸": "agent",
        "帮我弟弟": "agent",
        "给孩子办": "guardian",
    },
    "marital_status": {
        "离婚了": "divorced",
        "离婚了又结了": "married",
        "我老公走了": "widowed",
        "没有结婚": "single",
    },
    "employment_status": {"没有工作": "unemployed", "以前上班现在不上": "unemployed"},
    "household_income_type": {"我家是低保": "minimum_living", "没有低保": "none"},
    "disability_level": {"2级吧": "level_2", "是二级的": "level_2"},
    "contact_method": {"短信就行": "sms", "还是短信好了": "sms", "微信比较方便": "wechat"},
    "cancel_reason": {
        "走了": "death",
        "去世了": "death",
        "搬走了": "other",
        "户口迁走了": "other",
        "不想要了": "voluntary",
    },
    "agent_relation": {
        "女儿": "child",
        "我是他儿子": "child",
        "她是我女儿": "parent",
        "他是我爸": "child",
        "我妈": "child",
        "我老公": "spouse",
        "我奶奶": "relative",
    },
    "guardian_relation": {"我是妈妈": "mother", "他是我爸": "child", "我孙子": "grandparent"},
    "bank_name": {"我的是工商银行卡": "icbc", "上海农商银行": "srcb"},
    "care_mode": {"在家里": "home", "不想离开家": "home"},
    "delivery_method": {"我自己去拿": "pickup", "寄给我吧": "mail"},
    "reason": {"到期了": "expired", "快到期了": "expired"},
    "capacity_status": {"有，法院判了": "yes"},
    "device_type": {
        "轮椅和拐杖": ("wheelchair", "cane"),
        "我想要一个轮椅": ("wheelchair",),
        "轮椅，还有洗澡椅": ("wheelchair", "bath_chair"),
        "你们看着办": ("unknown",),
    },
    "adl_status": {"不能走路": ("walk",), "走路和洗澡都要人帮": ("walk", "bathe")},
    "exam_accommodations": {"时间长一点": ("extra_time",)},
    "evac_need": {"听不见广播": ("text_sign",)},
    "need_home_visit": {
        "要": "yes",
        "要的呀": "yes",
        "要你们来": "yes",
        "你们来吧": "yes",
        "要，我走不动": "yes",
        "不用": "no",
        "不要来": "no",
        "不用，我自己能去": "no",
    },
    "past_retrofit": {"装过扶手": "yes", "没有装过": "no", "没做过，想做": "no"},
    "co_residence": {"想一起住": "yes", "不想和父母住": "no"},
}
UNSURE = {
    "applicant_role": {"不是我，是我妈": "agent"},
    "marital_status": {"快离婚了": "divorced"},
    "employment_status": {"快退休了": "retired"},
    "household_income_type": {
        "不是低保，是边缘户": "low_income",
        "正在申请低保": "minimum_living",
    },
    "disability_level": {"三四级": "level_4"},
    "contact_method": {
        "不要短信要微信": "wechat",
        "打我女儿电话": "phone",
        "电话不方便，微信吧": "wechat",
    },
    "cancel_reason": {"我爸走了": "death", "我要走了": "death"},
    "crisis_check": {"没有想死": "no", "没有，有时候想死": "self"},
    "agent_relation": {"我儿子": "parent"},
    "bank_name": {"不是工行是建行": "ccb"},
    "delivery_method": {"寄到我女儿家": "mail"},
    "adl_status": {
        "吃饭自己能，洗澡不行": ("bathe",),
        "除了吃饭都要帮": ("bathe", "walk", "dress", "toilet", "transfer"),
        "全部": ("bathe", "walk", "dress", "toilet", "eat", "transfer"),
    },
    "retrofit_items": {"除了扶手还要坡道": ("handrail", "ramp")},
    "need_home_visit": {"没法出门，要你们来": "yes", "没人陪我去，你们来吧": "yes"},
}
ASKED_AGAIN = {
    "applicant_role": ["不是给我自己", "我儿子"],
    "marital_status": ["没有离婚"],
    "employment_status": ["没有退休"],
    "household_income_type": ["以前是低保现在不是", "低保取消了", "低保怎么申请", "低保吗"],
    "disability_level": ["一级或者二级", "12"],
    "contact_method": ["除了电话都行", "别打我电话", "不会用微信", "短信或者电话", "不方便接电话"],
    "crisis_check": ["最近睡不好", "不想死"],
    "guardian_relation": ["我儿子", "她是我女儿"],
    "bank_name": ["农商行还是上海银行好", "不是中国银行"],
    "disability_category": ["会说话"],
    "device_type": ["不要轮椅", "不要轮椅、拐杖"],
    "retrofit_items": ["除了坡道", "不要扶手、门铃"],
    "adl_status": ["能自己吃饭", "吃饭不用人帮", "吃饭可以自己来"],
    "need_home_visit": [
        "不会走路",
        "无法出门",
        "没办法出门",
        "不想麻烦你们，但是实在走不了",
        "想不起来",
        "要看情况",
        "有点难",
        "想想再说",
        "不是很清楚",
        "无所谓",
        "没关系",
        "不是不要",
        "不要不行",
        "不用，还是来吧",
    ],
    "past_retrofit": ["好像做过", "没想过", "不是很清楚"],
    "co_residence": ["想想再说", "没想好"],
}
HURTING = (
    "有",
    "有的",
    "嗯",
    "是的",
    "有过",
    "有过一次",
    "有想过死",
    "有时候",
    "有时候有点",
    "偶尔会想",
    "以前想过",
    "不敢说",
    "有啊",
)
NOT_HURTING = ("没有", "没有啊", "没想过", "从来没有想过", "从来没有过", "没有的事", "不会的")


@pytest.mark.parametrize(
    ("asked", "text", "value", "is_certain"),
    [
        (asked, text, value, is_certain)
        for table, is_certain in ((SURE, True), (UNSURE, False))
        for asked, rows in table.items()
        for text, value in rows.items()
    ],
)
def test_only_what_is_said_by_itself_is_chosen_without_asking_back(
    asked: str, text: str, value: object, is_certain: bool
):
    found = read(asked, text)

    assert isinstance(found, Parsed), found
    assert (found.value, found.is_certain) == (value, is_certain)


@pytest.mark.parametrize(
    ("asked", "text"), [(asked, text) for asked, texts in ASKED_AGAIN.items() for text in texts]
)
def test_what_is_denied_past_or_asked_about_is_not_chosen(asked: str, text: str):
    assert isinstance(read(asked, text), Problem)


@pytest.mark.parametrize(
    ("text", "option"),
    [*((text, "self") for text in HURTING), *((text, "no") for text in NOT_HURTING)],
)
def test_every_yes_to_the_question_about_hurting_oneself_is_heard(text: str, option: str):
    found = read("crisis_check", text)

    assert isinstance(found, Parsed), found
    assert (found.value, found.is_certain) == (option, True)


@pytest.mark.parametrize(
    ("service_id", "until", "text", "value"),
    [
        ("nursing_subsidy", "applicant_role", "最后一个", "agent"),
        ("nursing_subsidy", "applicant_role", "后面那个", "agent"),
        ("nursing_subsidy", "applicant_role", "头一个", "self"),
        ("nursing_subsidy", "applicant_role", "上面那个", "self"),
        ("nursing_subsidy", "applicant_role", "中间那个", "guardian"),
        ("home_retrofit", "retrofit_items", "前面两个", ("bathroom", "handrail")),
        ("home_retrofit", "retrofit_items", "第一第二都要", ("bathroom", "handrail")),
        ("home_retrofit", "retrofit_items", "1和3都要", ("bathroom", "ramp")),
        ("home_retrofit", "retrofit_items", "三个都要", ("bathroom", "handrail", "ramp")),
        ("cert_cancel", "cancel_reason", "最后一个", None),
        ("home_retrofit", "retrofit_items", "两个都要", None),
        ("home_retrofit", "retrofit_items", "1 2 5", None),
    ],
)
def test_what_is_shown_may_be_picked_by_its_place(
    service_id: str, until: str, text: str, value: object, talk: Talk
):
    talk.begins(service_id).fills(until=until)

    talk.says(text)

    assert talk.answers().get(until) == value


def test_a_choice_that_was_denied_is_not_picked_by_its_label(talk: Talk):
    talk.begins("nursing_subsidy").says("不是给我自己办").is_asked("applicant_role")


@pytest.mark.parametrize("text", ["对的呀", "是呀", "好的呀", "要啊", "都对"])
def test_a_yes_may_end_in_a_particle(text: str):
    assert is_yes(text) is True


@pytest.mark.parametrize("text", ["跟住的一样", "和现在住的一样", "对，一样", "户口也在这儿"])
def test_the_same_place_is_said_in_many_ways(text: str):
    assert is_same(text)


def test_another_province_may_come_after_not_the_same():
    assert isinstance(read("hukou_address", "不一样，在安徽省六安市"), Parsed)
