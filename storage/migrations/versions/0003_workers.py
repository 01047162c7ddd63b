"""Running processes and what one of them alone may do, channels switched off, offices told of deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("beat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_worker")),
    )
    op.create_table(
        "lease",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_lease")),
    )
    op.create_table(
        "channel_switch",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_channel_switch")),
    )
    op.create_index("ix_channel_switch", "channel_switch", ["tenant", "channel", "id"])
    op.create_table(
        "due_notice",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"],
            ["case_file.tenant", "case_file.id"],
            name=op.f("fk_due_notice_tenant_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "case_id", "stage", name=op.f("pk_due_notice")),
    )
    op.add_column("outbox", sa.Column("leased_by", sa.Uuid(), nullable=True))
    # A message may go to a second address when the first one cannot be reached.
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint("uq_outbox_tenant_message_id_form", type_="unique")
    op.create_index("ix_outbox_message", "outbox", ["tenant", "message_id"])


def downgrade() -> None:
    """Second deliveries of a message are lost: the old tables have no place for them."""
    op.execute(
        "DELETE FROM outbox WHERE EXISTS (SELECT 1 FROM outbox AS first WHERE first.tenant = outbox.tenant"
        " AND first.message_id = outbox.message_id AND first.form = outbox.form"
        " AND first.id < outbox.id)"
    )
    op.drop_index("ix_outbox_message", "outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.create_unique_constraint(
            "uq_outbox_tenant_message_id_form", ["tenant", "message_id", "form"]
        )
    op.drop_column("outbox", "leased_by")
    for table in ("due_notice", "channel_switch", "lease", "worker"):
        op.drop_table(table)
