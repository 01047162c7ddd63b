"""People with facts and addresses; who may act for whom, and the codes they tell each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "address",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.LargeBinary(), nullable=False),
        sa.Column("peer_bi", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        _within("address", "conversation_id", "conversation"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_address")),
        sa.UniqueConstraint(
            "tenant", "channel", "peer_bi", name=op.f("uq_address_tenant_channel_peer_bi")
        ),
    )
    op.create_index(
        "ix_address_conversation", "address", ["tenant", "conversation_id", "used_at", "id"]
    )
    # A conversation had one address, so its id serves for that of the address too.
    op.execute(
        "INSERT INTO address (tenant, id, conversation_id, channel, peer, peer_bi, created_at, used_at)"
        " SELECT tenant, id, id, channel, peer, peer_bi, created_at, updated_at FROM conversation"
    )
    with op.batch_alter_table("conversation") as table:
        table.drop_constraint(op.f("uq_conversation_tenant_channel_peer_bi"), type_="unique")
        table.drop_column("channel")
        table.drop_column("peer")
        table.drop_column("peer_bi")
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("facts", sa.LargeBinary(), nullable=True))
    for name in ("application", "case_file"):
        _add_filed_by(name)
    _create_authorization()
    _create_link_code()


def _within(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        [f"{parent}.tenant", f"{parent}.id"],
        name=op.f(f"fk_{table}_tenant_{column}"),
    )


def _add_filed_by(name: str) -> None:
    op.add_column(name, sa.Column("filed_by", sa.Uuid(), nullable=True))
    op.execute(f"UPDATE {name} SET filed_by = person_id")  # noqa: S608 - our own table names
    with op.batch_alter_table(name) as table:
        table.alter_column("filed_by", existing_type=sa.Uuid(), nullable=False)
        table.create_foreign_key(
            op.f(f"fk_{name}_tenant_filed_by"),
            "person",
            ["tenant", "filed_by"],
            ["tenant", "id"],
        )


def _create_authorization() -> None:
    op.create_table(
        "helper_authorization",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.LargeBinary(), nullable=False),
        sa.Column("helper_called", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", JSON_LIST, nullable=False),
        sa.Column("evidence", sa.String(length=64), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        _within("helper_authorization", "principal_id", "person"),
        _within("helper_authorization", "helper_id", "person"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_helper_authorization")),
        sa.UniqueConstraint(
            "tenant",
            "principal_id",
            "helper_id",
            name=op.f("uq_helper_authorization_tenant_principal_id_helper_id"),
        ),
    )
    op.create_index(
        "ix_helper_authorization_helper", "helper_authorization", ["tenant", "helper_id", "id"]
    )


def _create_link_code() -> None:
    op.create_table(
        "link_code",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("code_bi", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("authorization_id", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        _within("link_code", "conversation_id", "conversation"),
        _within("link_code", "authorization_id", "helper_authorization"),
        sa.PrimaryKeyConstraint("tenant", "code_bi", name=op.f("pk_link_code")),
    )
    op.create_index("ix_link_code_until", "link_code", ["tenant", "until"])


def downgrade() -> None:
    """The newest address of each conversation stays; what else is new is lost."""
    op.drop_table("link_code")
    op.drop_table("helper_authorization")
    for name in ("case_file", "application"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_tenant_filed_by"), type_="foreignkey")
            table.drop_column("filed_by")
    with op.batch_alter_table("person") as table:
        table.drop_column("facts")
    for column, kind in (
        ("channel", sa.String(length=64)),
        ("peer", sa.LargeBinary()),
        ("peer_bi", sa.LargeBinary()),
    ):
        op.add_column("conversation", sa.Column(column, kind, nullable=True))
        op.execute(
            f"UPDATE conversation SET {column} = (SELECT a.{column} FROM address a"  # noqa: S608
            " WHERE a.tenant = conversation.tenant AND a.conversation_id = conversation.id"
            " ORDER BY a.used_at DESC, a.id DESC LIMIT 1)"
        )
    with op.batch_alter_table("conversation") as table:
        table.alter_column("channel", existing_type=sa.String(length=64), nullable=False)
        table.alter_column("peer", existing_type=sa.LargeBinary(), nullable=False)
        table.alter_column("peer_bi", existing_type=sa.LargeBinary(), nullable=False)
        table.create_unique_constraint(
            op.f("uq_conversation_tenant_channel_peer_bi"), ["tenant", "channel", "peer_bi"]
        )
    op.drop_table("address")
