"""The log of hand-overs: who read a conversation, who closed it with what words, who passed it on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "handover_event",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _within("handover_event", "conversation_id", "conversation"),
        _within("handover_event", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_handover_event")),
    )
    op.create_index(
        "ix_handover_event_handover", "handover_event", ["tenant", "handover_id", "at", "id"]
    )
    op.create_index(
        "ix_handover_event_talk", "handover_event", ["tenant", "conversation_id", "at", "id"]
    )
    op.create_index("ix_handover_event_at", "handover_event", ["tenant", "at", "id"])
    op.create_index("ix_handover_closed", "handover", ["tenant", "office_id", "closed_at", "id"])


def downgrade() -> None:
    """Who read what and how hand-overs ended is lost."""
    op.drop_index("ix_handover_closed", "handover")
    op.drop_table("handover_event")


def _within(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        [f"{parent}.tenant", f"{parent}.id"],
        name=op.f(f"fk_{table}_tenant_{column}"),
    )
