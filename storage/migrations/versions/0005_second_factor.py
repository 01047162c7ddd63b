"""The second factor of caseworkers, their recovery codes, and the browsers they have signed in with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; nobody has a second factor yet."""
    op.add_column("staff", sa.Column("factor_key", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("factor_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("factor_step", sa.Integer(), nullable=True))
    op.add_column(
        "staff_session", sa.Column("code_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("staff_session", sa.Column("pending_key", sa.LargeBinary(), nullable=True))
    op.create_table(
        "staff_recovery_code",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_bi", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_staff_recovery_code_tenant_staff_id"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "staff_id", "code_bi", name=op.f("pk_staff_recovery_code")
        ),
    )
    op.create_table(
        "staff_device",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_staff_device_tenant_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "token_hash", name=op.f("pk_staff_device")),
    )
    op.create_index("ix_staff_device_staff", "staff_device", ["tenant", "staff_id"])


def downgrade() -> None:
    """Take them away; half signed-in sessions would be whole ones without the column."""
    op.drop_index("ix_staff_device_staff", table_name="staff_device")
    op.drop_table("staff_device")
    op.drop_table("staff_recovery_code")
    op.execute("DELETE FROM staff_session WHERE code_asked_at IS NOT NULL")
    op.drop_column("staff_session", "pending_key")
    op.drop_column("staff_session", "code_asked_at")
    op.drop_column("staff", "factor_step")
    op.drop_column("staff", "factor_since")
    op.drop_column("staff", "factor_key")
