"""Consents, copies of one's data, what was deleted and under which rule, and the seals of history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
FIXED_OF_EVENT = (
    "tenant", "id", "case_id", "seq", "at", "action", "actor_kind", "actor_id", "state", "items",
    "office_id",
)  # fmt: skip
FIXED_OF_READ = ("tenant", "id", "staff_id", "case_id", "what", "at")
SEALS = {
    "case_event": (
        ("salt", sa.LargeBinary()),
        ("text_digest", sa.LargeBinary()),
        ("chain", sa.LargeBinary()),
        ("erased_at", TIME),
    ),
    "read_log": (("seq", sa.Integer()), ("chain", sa.LargeBinary())),
}


def upgrade() -> None:
    """Histories written before are sealed at the first start after this."""
    _create_consent()
    _create_data_copy()
    _create_logs()
    op.add_column("web_session", sa.Column("peer_bi", sa.LargeBinary(), nullable=True))
    op.create_index("ix_web_session_peer", "web_session", ["tenant", "peer_bi"])
    op.add_column("case_file", sa.Column("reduced_at", TIME, nullable=True))
    for table, columns in SEALS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    # The words of a line may be emptied when a person is forgotten; what happened may never change.
    _drop_triggers("case_event", ("update",))
    _refuse("case_event", "update", f"UPDATE OF {', '.join(FIXED_OF_EVENT)}")
    _refuse("read_log", "update", f"UPDATE OF {', '.join(FIXED_OF_READ)}")
    _refuse("read_log", "delete", "DELETE")


def downgrade() -> None:
    """What was sealed is not sealed any more; consents given are lost."""
    _drop_triggers("read_log", ("update", "delete"))
    _drop_triggers("case_event", ("update",))
    _restore_first_triggers()
    for table, columns in SEALS.items():
        for name, _ in reversed(columns):
            op.drop_column(table, name)
    op.drop_column("case_file", "reduced_at")
    op.drop_index("ix_web_session_peer", "web_session")
    op.drop_column("web_session", "peer_bi")
    for table in ("log_head", "purge", "erasure", "data_copy", "consent"):
        op.drop_table(table)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _refuse(table: str, name: str, change: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {change} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {change} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _drop_triggers(table: str, names: tuple[str, ...]) -> None:
    """On PostgreSQL the first one of case_event refuses changes and deletions alike."""
    if not _is_postgresql():
        for name in names:
            op.execute(f"DROP TRIGGER {table}_no_{name}")
        return
    for name in names:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{name} ON {table}")
    if table == "case_event":
        op.execute("DROP TRIGGER IF EXISTS case_event_no_change ON case_event")
        op.execute("DROP TRIGGER IF EXISTS case_event_no_delete ON case_event")
        op.execute(
            "CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _restore_first_triggers() -> None:
    if not _is_postgresql():
        _refuse("case_event", "update", "UPDATE")
        return
    op.execute("DROP TRIGGER case_event_no_delete ON case_event")
    _refuse("case_event", "change", "UPDATE OR DELETE")


def _create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        _within("consent", "person_id", "person"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["tenant", "person_id", "id"])


def _create_data_copy() -> None:
    op.create_table(
        "data_copy",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("taken_at", TIME, nullable=True),
        _within("data_copy", "conversation_id", "conversation"),
        _within("data_copy", "person_id", "person"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_data_copy")),
    )
    op.create_index("ix_data_copy_conversation", "data_copy", ["tenant", "conversation_id", "id"])


def _create_logs() -> None:
    op.create_table(
        "erasure",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("paper_keys", JSON_LIST, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "purge",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_purge")),
    )
    op.create_index("ix_purge_at", "purge", ["tenant", "at", "id"])
    op.create_table(
        "log_head",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("log", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "log", "subject_id", name=op.f("pk_log_head")),
    )


def _within(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        [f"{parent}.tenant", f"{parent}.id"],
        name=op.f(f"fk_{table}_tenant_{column}"),
    )
