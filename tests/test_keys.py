"""Keys: made once for their owner only, refused when weak, rotated beside the running service without losing a word."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from databases import NOW, SECRETS
from everything import everything, fill, make_up

from actions.back_up import back_up
from actions.rotate_keys import index_anew, rotate_keys
from actions.verify_log import verify_log
from bot.__main__ import main
from bot.keys import open_keyring
from bot.settings import Settings
from storage.backups import BackupBroken, verify
from storage.crypto import Keyring, Secrets, key_id_of, weakness_of
from storage.database import Database
from storage.errors import KeyringMismatch, NotReadable
from storage.key_file import KeyFile, KeyFileOpen, fresh_secret
from storage.ownership import encrypted_columns
from storage.papers import PaperStore
from storage.repositories.reencryption import ONE_WAY, Place
from storage.tables import metadata

WANG = "王秀英甲乙丙"
NEW = "a brand new secret, long enough"


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


def rotated(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets((NEW, *SECRETS)))


# ---- secrets and their file


@pytest.mark.parametrize(
    ("secret", "weakness"),
    [
        ("x" * 64, "monotonous"),
        ("ab" * 32, "monotonous"),
        ("k8Zq1vLw", "short"),
        ("please-CHANGE-ME-before-you-go-live-1", "example"),
        ("my-very-long-password-for-the-hall-77", "example"),
        pytest.param(fresh_secret(), "", id="fresh"),
    ],
)
def test_a_weak_secret_is_told_from_a_strong_one(secret: str, weakness: str):
    assert weakness_of(secret) == weakness


def test_the_key_file_is_for_its_owner_only_and_made_once(tmp_path: Path):
    file = KeyFile(tmp_path / "deep" / "secret_key")
    file.make_once()
    before = file.read()
    file.make_once()

    assert file.read() == before
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert weakness_of(before.newest_first[0]) == ""


def test_a_key_file_others_may_read_is_refused(tmp_path: Path):
    file = KeyFile(tmp_path / "secret_key")
    file.make_once()
    file.path.chmod(0o640)

    with pytest.raises(KeyFileOpen):
        file.read()


def test_adding_a_key_keeps_the_index_key(tmp_path: Path):
    file = KeyFile(tmp_path / "secret_key")
    file.make_once()
    before = Keyring(file.read()).blind_index("t", "f", "v")
    old = file.read().newest_first[0]
    file.add_newest(fresh_secret())
    dropped = file.keep_only(frozenset())

    assert dropped == 1
    assert old not in file.read().newest_first
    assert Keyring(file.read()).blind_index("t", "f", "v") == before
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_secrets_are_not_shown(tmp_path: Path):
    assert NEW not in repr(Secrets(newest_first=(NEW,), index=NEW))


def test_a_running_process_learns_of_a_key_added_to_the_file(tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    running = open_keyring(settings)
    KeyFile(settings.key_file).add_newest(fresh_secret())
    stored = open_keyring(settings).encrypt(b"1", "a.b")

    assert running.newest != stored[1:5]
    assert running.decrypt(stored, "a.b") == b"1"
    assert running.newest == stored[1:5], "and writes under it from now on"


def test_a_key_nobody_has_stays_unreadable(tmp_path: Path):
    running = open_keyring(Settings(data_dir=tmp_path))

    with pytest.raises(NotReadable):
        running.decrypt(Keyring.from_secrets((NEW,)).encrypt(b"1", "a.b"), "a.b")


# ---- rotation


def test_after_rotation_nothing_needs_the_old_key(database, papers, open_again, tmp_path):
    """All columns of all tables and all papers; what they say is the same."""
    wang = fill(database, papers, WANG, "12345674")
    make_up(database, wang)
    before = everything(database)
    new = open_again(secrets=(NEW, *SECRETS))

    done = rotate_keys(new, rotated(tmp_path))

    assert everything(new) == before
    assert done.key_ids == {key_id_of(NEW)}
    assert (done.papers, done.unreadable) == (2, 0)
    assert done.rows >= len([t for t in metadata.tables.values() if encrypted_columns(t)])
    alone = Keyring(Secrets(newest_first=(NEW,), index=SECRETS[-1]))
    only = PaperStore(tmp_path / "papers", alone)
    assert [only.get(key) for key in wang.keys]
    assert verify_log(new).flaws == ()


def test_rotation_stopped_midway_goes_on(database, papers, open_again, tmp_path):
    fill(database, papers, WANG, "12345674")
    fill(database, papers, "另一个人", "22345679")
    new = open_again(secrets=(NEW, *SECRETS))
    with new.write() as work:
        portion = work.reencryption.renew(Place("message", ()), 1)
        work.commit()
    assert portion.changed == 1
    assert portion.next is not None
    before = everything(new)

    rotate_keys(new, rotated(tmp_path))
    again = rotate_keys(new, rotated(tmp_path))

    assert everything(new) == before
    assert (again.rows, again.papers) == (0, 0)


def test_people_go_on_talking_during_rotation(database, papers, open_again, tmp_path):
    """A row written under the old key meanwhile is found by the next run; nothing is overwritten."""
    wang = fill(database, papers, WANG, "12345674")
    new = open_again(secrets=(NEW, *SECRETS))
    rotate_keys(new, rotated(tmp_path))
    with database.write() as work:
        work.misunderstood.add(wang.conversation_id, "新来的话", NOW)
        work.commit()

    assert rotate_keys(new, rotated(tmp_path)).rows == 1


def test_what_cannot_be_read_is_left_and_counted(database, papers, open_again, tmp_path):
    fill(database, papers, WANG, "12345674")
    stranger = Keyring(Secrets(newest_first=(NEW,), index=SECRETS[-1]))
    other = Database(str(database._url.render_as_string(False)), database.tenant, stranger)
    done = rotate_keys(other, PaperStore(tmp_path / "papers", stranger))
    other.close()

    assert done.rows == 0
    assert done.unreadable > 10
    assert everything(database)["message"][0]["payload"]


def test_a_backup_needs_the_key_it_was_made_under(small_database, papers, tmp_path):
    fill(small_database, papers, WANG, "12345674")
    path = tmp_path / "b.zhucan"
    back_up(small_database, papers, path, NOW)

    assert verify(path, Keyring.from_secrets((NEW, *SECRETS))).rows
    with pytest.raises(BackupBroken):
        verify(path, Keyring(Secrets(newest_first=(NEW,), index=SECRETS[-1])))


# ---- the index key


def test_another_index_key_is_refused_until_indexes_are_made_anew(database, papers, open_again):
    wang = fill(database, papers, WANG, "12345674")
    fresh = open_again(secrets=(*SECRETS, NEW))
    with pytest.raises(KeyringMismatch):
        fresh.migrate()

    assert index_anew(fresh) == 2

    with fresh.read() as work:
        found = work.conversations.find("webchat", wang.peer)
        assert found.person_id == wang.person_id
        assert work.web_sessions.peer_of(f"hash-{WANG}") == wang.peer
    assert verify_log(fresh).flaws == ()
    fresh.migrate()


def test_every_blind_index_is_made_anew_or_emptied():
    """A column `…_bi` added later must be in one of the two, or its rows would be lost in silence."""
    made = {"address", "web_session"}
    tables = {
        table.name
        for table in metadata.tables.values()
        if any(column.name.endswith("_bi") for column in table.columns)
    }

    assert tables == made | set(ONE_WAY)


# ---- the command


def test_the_commands_rotate_back_up_and_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ZHUCAN_DATA_DIR", str(tmp_path / "hall"))
    settings = Settings(data_dir=tmp_path / "hall")
    database = Database(settings.url, settings.tenant, open_keyring(settings))
    database.migrate()
    fill(database, PaperStore(tmp_path / "hall" / "papers", database.keyring), WANG, "12345674")
    database.close()
    backup = str(tmp_path / "b.zhucan")

    assert main(["rotate-keys", "--drop"]) == 2, "a running process may still write under it"
    assert main(["rotate-keys"]) == 0
    assert main(["rotate-keys", "--no-new", "--drop"]) == 0
    assert main(["verify-log"]) == 0
    assert main(["backup", backup]) == 0
    assert main(["restore", backup]) == 1, "never over what is there"
    monkeypatch.setenv("ZHUCAN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert main(["restore", backup]) == 0
    assert main(["verify-log"]) == 0
    assert main(["purge", "--dry-run"]) == 0
    said = capsys.readouterr()
    assert "1 old keys dropped" in said.out
    assert "not empty" in said.err
    assert WANG not in said.out + said.err
    assert (tmp_path / "new.sqlite3").stat().st_mode & 0o077 == 0


def test_in_production_an_open_key_file_stops_the_start(tmp_path: Path):
    file = KeyFile(tmp_path / "keys")
    file.make_once()
    assert Settings(environment="production", secret_key_file=str(file.path)).is_secure
    file.path.chmod(0o644)

    with pytest.raises(ValueError, match="owner only"):
        Settings(environment="production", secret_key_file=str(file.path))
