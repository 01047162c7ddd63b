"""Who may import whom, and which tools stay in which room: design.md §3 as dictionaries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "catalog": set(),
    "speech": set(),
    "intents": {"catalog"},
    "casework": {"catalog"},
    "dialogue": {"intents", "casework", "catalog"},
    "storage": {"dialogue", "casework", "intents", "catalog"},
    "actions": {"storage", "speech", "dialogue", "casework", "intents", "catalog"},
    "console": {"actions", "casework", "catalog"},
    "bot": {
        "console", "actions", "storage", "speech", "dialogue", "casework", "intents", "catalog",
    },
}  # fmt: skip

LIVES_IN: dict[str, set[str]] = {
    "aiogram": {"bot"},
    "fastapi": {"bot", "console"},
    "starlette": {"bot", "console"},
    "uvicorn": {"bot"},
    "sse_starlette": {"bot"},
    "jinja2": {"bot", "console"},
    "sqlmodel": {"storage"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "psycopg": {"storage"},
    "cryptography": {"storage"},
    "jieba": {"intents", "speech"},
    "rapidfuzz": {"intents"},
    "pypinyin": {"speech", "intents"},
    "opencc": {"intents", "dialogue"},
    "onnxruntime": {"speech"},
    "av": {"speech"},
    "gtts": {"speech"},
    "argon2": {"actions"},
    "chinese_calendar": {"casework"},
    "pydantic_settings": {"bot"},
    "pyotp": {"actions"},
    "segno": {"console"},
    "httpx": {"bot"},
    "prometheus_client": {"bot"},
    "dbos": {"storage", "bot"},
}

PURE = ("catalog", "intents", "casework", "dialogue")
NOT_PURE = {
    "socket", "requests", "httpx", "urllib", "subprocess", "random", "secrets", "uuid", "threading",
    "asyncio", "logging", "os", "time", "sqlite3",
}  # fmt: skip
NOT_PURE_CALLS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}
MAY_OPEN_FILES = {
    "catalog/loader.py",
    "intents/loader.py",
    "intents/cache.py",
    "intents/build_characters.py",
    "intents/build_meanings.py",
    "intents/build_words.py",
}
"""Loaders and the scripts that make word lists; `importlib.resources` of one's own room is no file."""
LONGEST = 300
LONG_BY_RIGHT = {
    "dialogue/models.py": 400,
}
"""The values of a whole conversation."""


def modules() -> list[Path]:
    return [
        path
        for room in MAY_IMPORT
        for path in sorted((ROOT / room).rglob("*.py"))
        if "versions" not in path.parts
    ]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Top-level names of everything a module imports, also inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
            yield node.lineno, (node.module or "").split(".")[0]


def test_every_room_is_in_the_table():
    rooms = {
        p.name
        for p in ROOT.iterdir()
        if p.is_dir() and (p / "__init__.py").exists() and not p.name.startswith(".")
    }

    assert rooms - {"tests", "benchmarks"} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_only_from_rooms_below_it(path: Path):
    room = path.relative_to(ROOT).parts[0]
    allowed = MAY_IMPORT[room] | {room}
    wrong = [
        (line, name) for line, name in imported(path) if name in MAY_IMPORT and name not in allowed
    ]

    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_tool_stays_in_its_room(path: Path):
    room = path.relative_to(ROOT).parts[0]
    wrong = [
        (n, name) for n, name in imported(path) if name in LIVES_IN and room not in LIVES_IN[name]
    ]

    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nothing_imports_tests(path: Path):
    assert not {name for _, name in imported(path)} & {"tests", "pytest", "hypothesis", "tester"}


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.parts[-2] in PURE or "rules" in p.parts], ids=name_of
)
def test_the_heart_is_pure(path: Path):
    """No network, no clock, no randomness, no files but in the loaders."""
    if name_of(path) in MAY_OPEN_FILES:
        return
    assert not {name for _, name in imported(path)} & NOT_PURE
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", f"{name_of(path)}:{node.lineno}"
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_method and node.func.attr in NOT_PURE_CALLS:
            raise AssertionError(
                f"{name_of(path)}:{node.lineno} asks the clock: {node.func.attr}()"
            )


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_only_actions_and_storage_commit(path: Path):
    room = path.relative_to(ROOT).parts[0]
    commits = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]

    assert not commits or room in ("actions", "storage")


def test_repositories_never_commit():
    for path in (ROOT / "storage/repositories").glob("*.py"):
        assert ".commit(" not in path.read_text("utf-8"), path.name


@pytest.mark.parametrize("path", sorted((ROOT / "actions").glob("*.py")), ids=name_of)
def test_every_writing_transaction_of_an_action_commits(path: Path):
    """`with database.write()` without a commit would undo everything, silently."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.With):
            continue
        opened = ast.unparse(node.items[0].context_expr)
        if opened.endswith(".write()"):
            assert ".commit()" in ast.unparse(node), f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_is_short_enough_to_read(path: Path):
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= LONG_BY_RIGHT.get(name_of(path), LONGEST)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_says_what_it_is_for(path: Path):
    if path.read_text("utf-8").strip():
        assert ast.get_docstring(tree(path)), f"{name_of(path)} has no docstring"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_importing_a_module_does_nothing(path: Path):
    """No engine, bot, settings or thread is made at import; quieting a library's log is all."""
    for node in tree(path).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func)
            if called.endswith(".setLevel"):
                continue
            raise AssertionError(f"{name_of(path)}:{node.lineno} calls {called} at import")


def test_values_of_the_heart_are_frozen():
    for room in ("dialogue", "casework"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.ClassDef):
                    for mark in node.decorator_list:
                        words = ast.unparse(mark)
                        if words.startswith("dataclass"):
                            assert "frozen=True" in words, f"{name_of(path)}: {node.name}"
                            assert "slots=True" in words, f"{name_of(path)}: {node.name}"
