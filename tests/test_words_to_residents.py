"""Words a caseworker types for a resident: what is doubtful in them is found, and nothing else."""

from __future__ import annotations

import pytest

from actions.check_words import doubts_in

DEAF = ("no_calls", "sign_language")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("请补证件，身份证号 310115198506065519 那张。", "identity"),
        ("身份证号３１０１１５１９８５０６０６５５１９", "identity"),
        ("310115 19850606 551X 的证", "identity"),
        ("老证 310115850606551", "identity"),
        ("残疾证 31011519850606551942", "certificate"),
        ("31011519850606551942B1 过期了", "certificate"),
        ("卡号 6222 0202 0001 1234 567", "identity"),
        ("卡号 4111 1111 1111 1111", "bank"),
        ("手机 138-1234-5678 打不通", "mobile"),
        ("一三八一二三四五六七八", "mobile"),
        ("+8613812345678", "mobile"),
    ],
)
def test_a_number_that_identifies_somebody_is_found(text: str, doubt: str):
    assert doubts_in(text, ()) == (doubt,)


@pytest.mark.parametrize(
    "text",
    [
        "请在 2026年11月25日 前来，号码 8646-9509。",
        "20261125 之前补",
        "窗口电话 021-58001234，周一到周五 9:00—17:00",
        "有事打 12345",
        "补贴每月 1234.50 元，合计 14814 元",
        "照片太暗，请在窗边再拍一张。",
    ],
)
def test_dates_sums_and_office_numbers_are_no_doubt(text: str):
    assert doubts_in(text, ()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "请速打我电话",
        "打电话给我",
        "请致电窗口",
        "看到请回电",
        "来电说明",
        "电话联系我",
        "请拨打 12345",
        "打我手机",
        "有问题打给我",
    ],
)
def test_whoever_cannot_telephone_is_not_asked_to(text: str):
    assert doubts_in(text, DEAF) == ("calls",)
    assert doubts_in(text, ("no_calls",)) == ("calls",)
    assert doubts_in(text, ("aloud",)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "不用打电话，写字就行",
        "我们不会打电话给你",
        "你的电话填错了，请重写",
        "打印一份带来",
        "请打印出来",
    ],
)
def test_words_that_ask_for_no_call_are_no_doubt(text: str):
    assert doubts_in(text, DEAF) == ()


def test_all_doubts_are_told_at_once():
    assert doubts_in("310115198506065519，请速打 13812345678", DEAF) == (
        "identity",
        "mobile",
        "calls",
    )
