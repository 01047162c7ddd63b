"""What people tell us lies encrypted: in the database, in its files, in the papers beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from databases import NOW, SECRETS, herself, open_database
from sqlalchemy import LargeBinary, create_engine, select

from casework.models import (
    Action,
    Actor,
    Case,
    CaseEvent,
    CaseState,
    Filing,
    PaperOnFile,
    Question,
)
from dialogue.messages import Message, Reply
from storage.crypto import Encrypted, Keyring
from storage.database import Database
from storage.engines import parse
from storage.errors import KeyringMismatch, NotReadable
from storage.ids import new_id
from storage.papers import PaperStore
from storage.tables import ConversationRow, MessageRow, metadata

OLD, NEW, OTHER = "an old secret, long enough", "a new secret, long enough", "quite another secret"

SECRETS_OF_WANG = ("王秀英", "310115194001011234", "13800001111", "peer-of-wang", "不想说", "腿疼")


def keyring(*secrets: str) -> Keyring:
    return Keyring.from_secrets(secrets)


# ---- values


def test_what_is_encrypted_comes_back():
    ring = keyring(NEW)

    for clear in (b"", b"x", "王秀英".encode() * 1000):
        assert ring.decrypt(ring.encrypt(clear, "person.name"), "person.name") == clear


def test_stored_form_is_version_key_id_nonce_ciphertext():
    stored = keyring(NEW).encrypt(b"12345", "a.b")

    assert stored[0] == 1
    assert stored[1:5] == keyring(NEW).newest
    assert len(stored) == 1 + 4 + 12 + 5 + 16


def test_the_same_value_never_looks_the_same():
    ring = keyring(NEW)

    assert len({ring.encrypt(b"1", "a.b") for _ in range(100)}) == 100


def test_after_rotation_the_old_key_still_decrypts_and_the_new_one_encrypts():
    before, after = keyring(OLD), keyring(NEW, OLD)
    stored = before.encrypt(b"1", "a.b")

    assert after.decrypt(stored, "a.b") == b"1"
    assert after.encrypt(b"1", "a.b")[1:5] == keyring(NEW).newest
    with pytest.raises(NotReadable):
        keyring(NEW).decrypt(stored, "a.b")


@pytest.mark.parametrize("position", [0, 1, 5, 17, -1])
def test_an_altered_byte_is_noticed(position):
    stored = bytearray(keyring(NEW).encrypt(b"12345", "a.b"))
    stored[position] ^= 1

    with pytest.raises(NotReadable):
        keyring(NEW).decrypt(bytes(stored), "a.b")


@pytest.mark.parametrize("length", [0, 1, 16, 32])
def test_cut_bytes_are_noticed(length):
    with pytest.raises(NotReadable):
        keyring(NEW).decrypt(keyring(NEW).encrypt(b"", "a.b")[:length], "a.b")


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(NotReadable):
        keyring(NEW).decrypt(keyring(NEW).encrypt(b"1", "person.name"), "person.phone")


def test_a_blind_index_depends_on_value_field_tenant_and_key_only():
    ring = keyring(NEW)
    index = ring.blind_index("310115", "phone", "13800001111")

    assert index == ring.blind_index("310115", "phone", "13800001111")
    assert len(index) == 16
    others = {
        ring.blind_index("310101", "phone", "13800001111"),
        ring.blind_index("310115", "peer", "13800001111"),
        ring.blind_index("310115", "phone", "13800001112"),
        keyring(OTHER).blind_index("310115", "phone", "13800001111"),
    }
    assert len(others | {index}) == 5


def test_blind_indexes_survive_rotation():
    index = keyring(OLD).blind_index("t", "f", "v")

    assert keyring(NEW, OLD).blind_index("t", "f", "v") == index
    assert Keyring.from_secrets((NEW,), index_secret=OLD).blind_index("t", "f", "v") == index


def test_short_or_missing_secrets_are_refused():
    for secrets in ((), ("short",), (NEW, "short")):
        with pytest.raises(ValueError, match="secret"):
            Keyring.from_secrets(secrets)


def test_a_keyring_does_not_show_its_keys():
    assert "index_key" not in repr(keyring(NEW))
    assert "ciphers" not in repr(keyring(NEW))


# ---- the database


def fill(database: Database) -> str:
    """Everything Wang tells us, at every place that can hold it; her conversation's id."""
    name, number, phone, peer, reason, words = SECRETS_OF_WANG
    question = Question(
        field="id", label="身份证", type="id_number", sensitive=True, value=number, shown=number
    )
    paper = PaperOnFile(
        id=new_id(), key="0" * 32, field="", name=f"{name}.jpg", media_type="image/jpeg", size=1
    )
    actor = Actor(kind="resident", id="1", name=name)
    event = CaseEvent(
        at=NOW, action=Action.SUBMIT, by=actor, state=CaseState.SUBMITTED, reason=reason
    )
    case = Case(
        id=new_id(),
        number="12345674",
        service_id="s",
        service_name="s",
        office_id="o",
        state=CaseState.SUBMITTED,
        catalog_version="1",
        questions=(question,),
        papers=(paper,),
        events=(event,),
        wanted_reason=reason,
    )
    filing = Filing(
        number=case.number,
        service_ids=("s",),
        office_id="o",
        catalog_version="1",
        beneficiary=name,
        questions=(question,),
        consent_words=(name,),
    )
    message = Message(channel="telegram", event_id="1", peer=peer, at=NOW, text=f"{phone}{words}")
    with database.write() as work:
        stored = work.conversations.for_peer("telegram", peer, NOW)
        conversation_id = stored.conversation.id
        work.messages.add_incoming(conversation_id, message, NOW)
        said = work.messages.add_reply(conversation_id, Reply(paragraphs=(number,)), NOW)
        work.outbox.put(said, "telegram", peer, NOW)
        work.handovers.open(conversation_id, "o", "asked", NOW, words)
        work.misunderstood.add(conversation_id, words, NOW)
        work.papers.add(paper, stored.person_id, conversation_id, NOW)
        work.web_sessions.open("hash", peer, NOW)
        work.sign_ins.note(name, phone, False, NOW)
        work.applications.open(filing, (case,), herself(stored), NOW)
        work.commit()
    return conversation_id


def test_the_database_holds_no_clear_text(database, database_url):
    fill(database)

    raw = _everything_in(database_url)

    assert "310115" in raw, "what is not secret is found, so the search works"
    for secret in SECRETS_OF_WANG:
        assert secret not in raw
        assert secret.encode().hex() not in raw


def test_the_files_of_sqlite_hold_no_clear_text(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'z.sqlite3'}")
    database.migrate()
    fill(database)
    files = list(tmp_path.iterdir())
    content = b"".join(file.read_bytes() for file in files)
    modes = {file.stat().st_mode & 0o777 for file in files}
    database.close()

    assert {file.name for file in files} == {"z.sqlite3", "z.sqlite3-wal", "z.sqlite3-shm"}
    assert modes == {0o600}
    assert b"310115" in content
    for secret in SECRETS_OF_WANG:
        assert secret.encode() not in content


def test_after_rotation_everything_can_still_be_read(database, open_again):
    conversation_id = fill(database)
    rotated = open_again(secrets=("the newest secret of all", *SECRETS))
    rotated.migrate()

    with rotated.write() as work:
        found = work.conversations.find("telegram", SECRETS_OF_WANG[3])
        assert found.conversation.id == conversation_id
        assert work.messages.get(conversation_id, 1).message.text.endswith(SECRETS_OF_WANG[5])
        assert work.cases.of_person(found.person_id)[0].events[0].reason == SECRETS_OF_WANG[4]
        seq = work.messages.add_reply(conversation_id, Reply(paragraphs=("新",)), NOW).seq
        work.commit()

    with database.read() as work, pytest.raises(NotReadable):
        work.messages.get(conversation_id, seq)


def test_a_wrong_secret_is_noticed_before_anything_is_lost(database, open_again):
    fill(database)

    with pytest.raises(KeyringMismatch):
        open_again(secrets=(OTHER,)).migrate()


_MOVED = {"address.peer": "conversation.peer"}
"""Moved by a revision, which cannot encrypt anew: it keeps the name of the column it was first in."""


def test_every_encrypted_column_is_bound_to_its_own_name():
    columns = [column for table in metadata.tables.values() for column in table.columns]
    encrypted = [column for column in columns if isinstance(column.type, Encrypted)]

    assert len(encrypted) > 10
    for column in encrypted:
        name = f"{column.table.name}.{column.name}"
        assert column.type.label == _MOVED.get(name, name)


def test_nothing_encrypted_stays_nothing(database):
    engine = database._writer

    assert Encrypted("a.b").process_bind_param(None, engine.dialect) is None
    assert Encrypted("a.b").process_result_value(None, engine.dialect) is None


def test_bytes_swapped_between_columns_do_not_open(database):
    fill(database)
    state = ConversationRow.__table__.c.state
    payload = MessageRow.__table__.c.payload
    with database._writer.begin() as connection:
        stolen = connection.execute(select(state.cast(LargeBinary))).scalar_one()
        connection.exec_driver_sql(
            f"UPDATE message SET payload = {_placeholder(connection)}", (bytes(stolen),)
        )

    with database._writer.begin() as connection, pytest.raises(NotReadable):
        connection.execute(select(payload)).all()


def _placeholder(connection: object) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _everything_in(url: str) -> str:
    """All rows of all tables as text, read without our column types."""
    engine = create_engine(parse(url))
    lines = []
    with engine.connect() as connection:
        for name in metadata.tables:
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}"):
                cells = (bytes(c) if isinstance(c, bytes | memoryview) else c for c in row)
                lines += [c.hex() if isinstance(c, bytes) else str(c) for c in cells]
    engine.dispose()
    return "\n".join(lines)


# ---- papers


@pytest.fixture
def store(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", keyring(NEW))


def test_a_paper_comes_back_until_it_is_deleted(store):
    key = store.put(b"photo")

    assert store.get(key) == b"photo"
    store.delete(key)
    store.delete(key)
    with pytest.raises(FileNotFoundError):
        store.get(key)


def test_papers_on_disk_say_nothing(store, tmp_path):
    keys = [store.put("王秀英的残疾证".encode()) for _ in range(3)]

    files = [path for path in (tmp_path / "papers").rglob("*") if path.is_file()]
    assert {file.name for file in files} == set(keys)
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    for file in files:
        assert "王秀英".encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "/etc/passwd", "A" * 32, "0" * 31, "0" * 32 + "\n"]
)
def test_a_key_we_never_gave_is_refused(store, key):
    for use in (store.get, store.delete):
        with pytest.raises(ValueError, match="key"):
            use(key)


def test_one_paper_cannot_be_put_in_anothers_place(store, tmp_path):
    mine, yours = store.put(b"mine"), store.put(b"yours")
    folder = tmp_path / "papers"
    (folder / mine[:2] / mine).replace(folder / yours[:2] / yours)

    with pytest.raises(NotReadable):
        store.get(yours)


def test_after_rotation_old_papers_can_be_read(store, tmp_path):
    key = store.put(b"photo")

    assert PaperStore(tmp_path / "papers", keyring(OTHER, NEW)).get(key) == b"photo"


def test_a_write_that_fails_leaves_nothing(store, tmp_path, monkeypatch):
    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("storage.papers.os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        store.put(b"photo")

    assert [path for path in (tmp_path / "papers").rglob("*") if path.is_file()] == []
