"""The first tables; and what each engine has to make sure that history can only be added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ONLY_OPEN = {"postgresql_where": sa.text("is_open"), "sqlite_where": sa.text("is_open = 1")}
NOT_CLOSED = {
    "postgresql_where": sa.text("closed_at IS NULL"),
    "sqlite_where": sa.text("closed_at IS NULL"),
}


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("index_fingerprint", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_installation")),
    )
    op.create_table(
        "person",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "sign_in",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_bi", sa.LargeBinary(), nullable=False),
        sa.Column("address_bi", sa.LargeBinary(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_sign_in")),
    )
    op.create_index("ix_sign_in_address", "sign_in", ["tenant", "address_bi", "at"])
    op.create_index("ix_sign_in_login", "sign_in", ["tenant", "login_bi", "at"])

    op.create_table(
        "staff",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_staff")),
        sa.UniqueConstraint("tenant", "login", name=op.f("uq_staff_tenant_login")),
    )
    op.create_table(
        "web_session",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("peer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "token_hash", name=op.f("pk_web_session")),
    )
    op.create_table(
        "conversation",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.LargeBinary(), nullable=False),
        sa.Column("peer_bi", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person_id"],
            ["person.tenant", "person.id"],
            name=op.f("fk_conversation_tenant_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "tenant", "channel", "peer_bi", name=op.f("uq_conversation_tenant_channel_peer_bi")
        ),
    )
    op.create_index("ix_conversation_person", "conversation", ["tenant", "person_id", "id"])

    op.create_table(
        "staff_session",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_staff_session_tenant_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index("ix_staff_session_staff", "staff_session", ["tenant", "staff_id"])

    op.create_table(
        "application",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.Column("catalog_version", sa.String(length=64), nullable=False),
        sa.Column("beneficiary", sa.LargeBinary(), nullable=False),
        sa.Column("consent_words", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_application_tenant_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "person_id"],
            ["person.tenant", "person.id"],
            name=op.f("fk_application_tenant_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_application")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_application_tenant_number")),
    )
    op.create_index("ix_application_person", "application", ["tenant", "person_id"])

    op.create_table(
        "handover",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("excerpt", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "closed_by"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_handover_tenant_closed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_handover_tenant_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "taken_by"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_handover_tenant_taken_by"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_handover")),
    )
    op.create_index(
        "ix_handover_waiting", "handover", ["tenant", "office_id", "opened_at", "id"], **NOT_CLOSED
    )
    op.create_index(
        "uq_handover_open", "handover", ["tenant", "conversation_id"], unique=True, **NOT_CLOSED
    )

    op.create_table(
        "inbox",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("reply_seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_inbox_tenant_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "channel", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["tenant", "received_at"])

    op.create_table(
        "message",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_message_tenant_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "tenant", "conversation_id", "seq", name=op.f("uq_message_tenant_conversation_id_seq")
        ),
    )
    op.create_table(
        "misunderstood",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_misunderstood_tenant_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_misunderstood")),
    )
    op.create_index("ix_misunderstood_at", "misunderstood", ["tenant", "at", "id"])

    op.create_table(
        "paper",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_paper_tenant_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "person_id"],
            ["person.tenant", "person.id"],
            name=op.f("fk_paper_tenant_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_conversation", "paper", ["tenant", "conversation_id", "id"])

    op.create_table(
        "case_file",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=False),
        sa.Column("service_name", sa.String(length=200), nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("catalog_version", sa.String(length=64), nullable=False),
        sa.Column("questions", sa.LargeBinary(), nullable=False),
        sa.Column("papers", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_is_internal", sa.Boolean(), nullable=False),
        sa.Column("wanted", JSON_LIST, nullable=False),
        sa.Column("wanted_reason", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "application_id"],
            ["application.tenant", "application.id"],
            name=op.f("fk_case_file_tenant_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_case_file_tenant_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "person_id"],
            ["person.tenant", "person.id"],
            name=op.f("fk_case_file_tenant_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_file")),
    )
    op.create_index("ix_case_file_created_at", "case_file", ["tenant", "created_at", "id"])
    op.create_index("ix_case_file_due", "case_file", ["tenant", "due_at", "id"], **ONLY_OPEN)
    op.create_index("ix_case_file_number", "case_file", ["tenant", "number", "id"])
    op.create_index(
        "ix_case_file_person", "case_file", ["tenant", "person_id", "created_at", "id"]
    )
    op.create_index(
        "ix_case_file_queue", "case_file", ["tenant", "office_id", "due_at", "id"], **ONLY_OPEN
    )
    op.create_index(
        "ix_case_file_queue_service",
        "case_file",
        ["tenant", "office_id", "service_id", "due_at", "id"],
        **ONLY_OPEN,
    )
    op.create_index(
        "ix_case_file_queue_state", "case_file", ["tenant", "office_id", "state", "due_at", "id"]
    )

    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.LargeBinary(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "conversation_id"],
            ["conversation.tenant", "conversation.id"],
            name=op.f("fk_outbox_tenant_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "message_id"],
            ["message.tenant", "message.id"],
            name=op.f("fk_outbox_tenant_message_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "tenant", "message_id", "form", name=op.f("uq_outbox_tenant_message_id_form")
        ),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["tenant", "channel", "form", "due_at", "id"], **ONLY_OPEN
    )
    op.create_index(
        "ix_outbox_order", "outbox", ["tenant", "conversation_id", "form", "seq"], **ONLY_OPEN
    )

    op.create_table(
        "case_event",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor_kind", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("items", JSON_LIST, nullable=False),
        sa.Column("office_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"],
            ["case_file.tenant", "case_file.id"],
            name=op.f("fk_case_event_tenant_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_event")),
        sa.UniqueConstraint(
            "tenant", "case_id", "seq", name=op.f("uq_case_event_tenant_case_id_seq")
        ),
    )
    op.create_table(
        "read_log",
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"],
            ["case_file.tenant", "case_file.id"],
            name=op.f("fk_read_log_tenant_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "staff_id"],
            ["staff.tenant", "staff.id"],
            name=op.f("fk_read_log_tenant_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_read_log")),
    )
    op.create_index("ix_read_log_case", "read_log", ["tenant", "case_id", "at", "id"])
    _refuse_changes_of_history()


def downgrade() -> None:
    for table in (
        "read_log",
        "case_event",
        "outbox",
        "case_file",
        "paper",
        "misunderstood",
        "message",
        "inbox",
        "handover",
        "application",
        "staff_session",
        "conversation",
        "web_session",
        "staff",
        "sign_in",
        "person",
        "installation",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_changes_of_history() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
            END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER case_event_no_change BEFORE UPDATE OR DELETE ON case_event
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
            """
        )
        op.execute(
            """
            CREATE TRIGGER case_event_no_truncate BEFORE TRUNCATE ON case_event
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER case_event_no_{change.lower()} BEFORE {change} ON case_event
            BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END
            """
        )
