"""Reminders that were sent, and what residents thought of it afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _within("reminder", "conversation_id", "conversation"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "tenant",
            "conversation_id",
            "matter",
            "step",
            name=op.f("uq_reminder_tenant_conversation_id_matter_step"),
        ),
    )
    op.create_table(
        "reminder_plan",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("look_at", TIME, nullable=False),
        _within("reminder_plan", "conversation_id", "conversation"),
        sa.PrimaryKeyConstraint("tenant", "conversation_id", name=op.f("pk_reminder_plan")),
    )
    op.create_index(
        "ix_reminder_plan_look_at", "reminder_plan", ["tenant", "look_at", "conversation_id"]
    )
    # Who talked to us before there were reminders is looked at too, once.
    op.execute(
        "INSERT INTO reminder_plan (tenant, conversation_id, look_at)"
        " SELECT tenant, id, updated_at FROM conversation"
    )
    op.create_table(
        "rating",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _within("rating", "case_id", "case_file"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_rating")),
        sa.UniqueConstraint("tenant", "case_id", name=op.f("uq_rating_tenant_case_id")),
    )
    op.create_index("ix_rating_office", "rating", ["tenant", "office_id", "at", "id"])
    op.create_index("ix_rating_at", "rating", ["tenant", "at", "id"])


def _within(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        [f"{parent}.tenant", f"{parent}.id"],
        name=op.f(f"fk_{table}_tenant_{column}"),
    )


def downgrade() -> None:
    op.drop_table("rating")
    op.drop_table("reminder_plan")
    op.drop_table("reminder")
