"""Accounts, registration, moderation, mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('rate_windows',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_rate_windows'))
    )
    with op.batch_alter_table('rate_windows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rate_windows_expires_at'), ['expires_at'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_phone_number', sa.String(length=128), nullable=True),
    sa.Column('mf_recovery_codes', sa.JSON(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("language IN ('es', 'en', 'fr')", name=op.f('ck_users_language')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_users_email')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_users_fs_uniquifier'))
    )
    op.create_table('call_claims',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_call_claims_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_call_claims_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', name=op.f('pk_call_claims'))
    )
    with op.batch_alter_table('call_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_claims_user_id'), ['user_id'], unique=False)

    op.create_table('call_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_call_notes_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_notes'))
    )
    with op.batch_alter_table('call_notes', schema=None) as batch_op:
        batch_op.create_index('ix_call_notes_organization_id', ['organization_id', 'at'], unique=False)

    op.create_table('confirmation_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'whatsapp')", name=op.f('ck_confirmation_requests_channel')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_confirmation_requests_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confirmation_requests'))
    )
    with op.batch_alter_table('confirmation_requests', schema=None) as batch_op:
        batch_op.create_index('ix_confirmation_requests_organization_id', ['organization_id', 'sent_at'], unique=False)

    op.create_table('organization_urls',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("url LIKE 'http%://%'", name=op.f('ck_organization_urls_url')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_urls_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'url', name=op.f('pk_organization_urls'))
    )
    op.create_table('outbox_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('recipient', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=200), nullable=True),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_outbox_messages_attempts')),
    sa.CheckConstraint('sent_at IS NULL OR refused_at IS NULL', name=op.f('ck_outbox_messages_one_end')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_outbox_messages_organization_id_organizations'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_messages'))
    )
    with op.batch_alter_table('outbox_messages', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_messages_due', ['not_before', 'sent_at', 'refused_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_messages_organization_id'), ['organization_id'], unique=False)

    op.create_table('record_uses',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_record_uses_count')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_record_uses_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'month', name=op.f('pk_record_uses'))
    )
    op.create_table('reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('reached', 'no-answer', 'wrong-number', 'closed', 'asks-for-money', 'other', name='reportkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_reports_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reports_user_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports'))
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('ix_reports_organization_id', ['organization_id', 'at'], unique=False)

    op.create_table('sign_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_on', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('has_second_factor', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sign_ins_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_ins_user_id'), ['user_id'], unique=False)

    op.create_table('submissions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('new', 'change', 'claim', name='submissionkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'unconfirmed', 'to-call', 'old-channel', 'pending', 'returned', 'approved', 'rejected', 'merged', 'withdrawn', name='submissionstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('origin', sa.Enum('public', 'link', 'account', 'officer', name='origin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('base_revision', sa.Integer(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('risks', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmation_method', sa.Enum('call', 'email', 'visit', 'account', name='verificationmethod', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('confirmed_by', sa.String(length=80), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=80), nullable=True),
    sa.Column('criterion', sa.String(length=40), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=True),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('assigned_to', sa.Uuid(), nullable=True),
    sa.CheckConstraint("kind = 'new' OR organization_id IS NOT NULL", name=op.f('ck_submissions_about')),
    sa.CheckConstraint("state <> 'rejected' OR criterion IS NOT NULL", name=op.f('ck_submissions_rejected_for_a_reason')),
    sa.CheckConstraint('(confirmed_at IS NULL) = (confirmation_method IS NULL)', name=op.f('ck_submissions_confirmed')),
    sa.CheckConstraint('version > 0', name=op.f('ck_submissions_version')),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_submissions_author_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['assigned_to'], ['users.id'], name=op.f('fk_submissions_assigned_to_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_submissions_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submissions'))
    )
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submissions_assigned_to'), ['assigned_to'], unique=False)
        batch_op.create_index(batch_op.f('ix_submissions_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_submissions_country'), ['country'], unique=False)
        batch_op.create_index(batch_op.f('ix_submissions_email'), ['email'], unique=False)
        batch_op.create_index('ix_submissions_organization_id', ['organization_id'], unique=False)
        batch_op.create_index('ix_submissions_state', ['state', 'submitted_at'], unique=False)

    op.create_table('access_links',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.Enum('draft', 'confirm-submission', 'manage', 'still-right', 'old-channel', 'claim', 'visit', name='linkpurpose', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('submission_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('note', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('organization_id IS NOT NULL OR submission_id IS NOT NULL', name=op.f('ck_access_links_subject')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_access_links_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_access_links_submission_id_submissions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_access_links'))
    )
    with op.batch_alter_table('access_links', schema=None) as batch_op:
        batch_op.create_index('ix_access_links_organization_id', ['organization_id'], unique=False)
        batch_op.create_index('ix_access_links_submission_id', ['submission_id'], unique=False)

    op.create_table('submission_versions',
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_submission_versions_submission_id_submissions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', 'number', name=op.f('pk_submission_versions'))
    )
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('admin', 'moderator', 'consulate', 'editor', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('consulate_id', sa.Uuid(), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_by', sa.String(length=80), nullable=False),
    sa.CheckConstraint("(role = 'editor') = (organization_id IS NOT NULL)", name=op.f('ck_grants_editor_scope')),
    sa.CheckConstraint("role <> 'admin' OR (country IS NULL AND consulate_id IS NULL)", name=op.f('ck_grants_admin_is_everywhere')),
    sa.CheckConstraint("role <> 'consulate' OR (country IS NULL) <> (consulate_id IS NULL)", name=op.f('ck_grants_consulate_scope')),
    sa.CheckConstraint("role <> 'moderator' OR consulate_id IS NULL", name=op.f('ck_grants_moderator_scope')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_grants_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_grants_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_grants_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index('ix_grants_organization_id', ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_grants_user_id'), ['user_id'], unique=False)

    # Plain ALTER TABLE on both databases: a batch would rebuild the table on SQLite, lose its CHECKs, and cascade.
    for statement in _new_columns():
        op.execute(statement)
    op.create_index(op.f('ix_organizations_merged_into_id'), 'organizations', ['merged_into_id'], unique=False)


def _new_columns() -> list[str]:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    instant, uuid_type = ("DATETIME", "CHAR(32)") if is_sqlite else ("TIMESTAMP WITH TIME ZONE", "UUID")
    return [
        "ALTER TABLE organizations ADD COLUMN due_since DATE",
        f"ALTER TABLE organizations ADD COLUMN contacts_suspended_at {instant}",
        f"ALTER TABLE organizations ADD COLUMN merged_into_id {uuid_type} "
        "CONSTRAINT ck_organizations_merged CHECK (merged_into_id IS NULL OR removed_at IS NOT NULL) "
        "CONSTRAINT fk_organizations_merged_into_id_organizations REFERENCES organizations (id)",
    ]


def downgrade() -> None:
    op.drop_index(op.f('ix_organizations_merged_into_id'), 'organizations')
    for column in ('merged_into_id', 'contacts_suspended_at', 'due_since'):
        op.execute(f"ALTER TABLE organizations DROP COLUMN {column}")
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grants_user_id'))
        batch_op.drop_index('ix_grants_organization_id')

    op.drop_table('grants')
    op.drop_table('submission_versions')
    with op.batch_alter_table('access_links', schema=None) as batch_op:
        batch_op.drop_index('ix_access_links_submission_id')
        batch_op.drop_index('ix_access_links_organization_id')

    op.drop_table('access_links')
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.drop_index('ix_submissions_state')
        batch_op.drop_index('ix_submissions_organization_id')
        batch_op.drop_index(batch_op.f('ix_submissions_email'))
        batch_op.drop_index(batch_op.f('ix_submissions_country'))
        batch_op.drop_index(batch_op.f('ix_submissions_author_id'))
        batch_op.drop_index(batch_op.f('ix_submissions_assigned_to'))

    op.drop_table('submissions')
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_ins_user_id'))

    op.drop_table('sign_ins')
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index('ix_reports_organization_id')

    op.drop_table('reports')
    op.drop_table('record_uses')
    with op.batch_alter_table('outbox_messages', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_messages_organization_id'))
        batch_op.drop_index('ix_outbox_messages_due')

    op.drop_table('outbox_messages')
    op.drop_table('organization_urls')
    with op.batch_alter_table('confirmation_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_confirmation_requests_organization_id')

    op.drop_table('confirmation_requests')
    with op.batch_alter_table('call_notes', schema=None) as batch_op:
        batch_op.drop_index('ix_call_notes_organization_id')

    op.drop_table('call_notes')
    with op.batch_alter_table('call_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_claims_user_id'))

    op.drop_table('call_claims')
    op.drop_table('users')
    with op.batch_alter_table('rate_windows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rate_windows_expires_at'))

    op.drop_table('rate_windows')
