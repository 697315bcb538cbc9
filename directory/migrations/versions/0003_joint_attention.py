"""Joint attention: jurisdictions edited, partnerships, referrals, notes, tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OLD_PURPOSES = ('draft', 'confirm-submission', 'manage', 'still-right', 'old-channel', 'claim', 'visit')
_NEW_PURPOSES = (*_OLD_PURPOSES, 'partnership', 'referral')


def upgrade() -> None:
    op.create_table('assistance_agreements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sending_country', sa.String(length=2), nullable=False),
    sa.Column('assisting_country', sa.String(length=2), nullable=False),
    sa.Column('host_country', sa.String(length=2), nullable=False),
    sa.Column('source_name', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('proposed_by_country', sa.String(length=2), nullable=False),
    sa.Column('proposed_by', sa.String(length=80), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sa.String(length=80), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("source_url IS NULL OR source_url LIKE 'http%://%'", name=op.f('ck_assistance_agreements_url')),
    sa.CheckConstraint('host_country NOT IN (sending_country, assisting_country)', name=op.f('ck_assistance_agreements_abroad')),
    sa.CheckConstraint('sending_country <> assisting_country', name=op.f('ck_assistance_agreements_two_countries')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= valid_from', name=op.f('ck_assistance_agreements_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assistance_agreements'))
    )
    op.create_index('ix_assistance_agreements_countries', 'assistance_agreements', ['sending_country', 'host_country'], unique=False)
    op.create_table('api_tokens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_on', sa.Date(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_api_tokens_consulate_id_consulates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_tokens_digest'))
    )
    op.create_index(op.f('ix_api_tokens_consulate_id'), 'api_tokens', ['consulate_id'], unique=False)
    op.create_table('consulate_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('audience', sa.Enum('consulate', 'network', name='audience', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_consulate_notes_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_consulate_notes_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consulate_notes'))
    )
    op.create_index(op.f('ix_consulate_notes_consulate_id'), 'consulate_notes', ['consulate_id'], unique=False)
    op.create_index('ix_consulate_notes_organization_id', 'consulate_notes', ['organization_id', 'at'], unique=False)
    op.create_table('mobile_consulates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('place_id', sa.String(length=80), nullable=False),
    sa.Column('venue', sa.String(length=200), nullable=True),
    sa.Column('hours', sa.String(length=120), nullable=True),
    sa.Column('url', sa.String(length=300), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=80), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("url IS NULL OR url LIKE 'http%://%'", name=op.f('ck_mobile_consulates_url')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_mobile_consulates_days')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_mobile_consulates_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_mobile_consulates_place_id_places')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mobile_consulates'))
    )
    op.create_index('ix_mobile_consulates_consulate_id', 'mobile_consulates', ['consulate_id', 'ends_on'], unique=False)
    op.create_index(op.f('ix_mobile_consulates_place_id'), 'mobile_consulates', ['place_id'], unique=False)
    op.create_table('partnerships',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'active', 'suspended', 'ended', 'declined', name='partnershipstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('proposed_by', sa.Enum('consulate', 'organization', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('wants_public', sa.Boolean(), nullable=False),
    sa.Column('agreement', sa.Enum('unwritten', 'letter', 'memorandum', 'contract', name='agreement', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('nationalities', sa.JSON(), nullable=False),
    sa.Column('channel', sa.Enum('directory', 'phone', 'email', 'in-person', name='referralchannel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('enters_detention', sa.Boolean(), nullable=False),
    sa.Column('detention_places', sa.JSON(), nullable=False),
    sa.Column('is_for_emergencies', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('private_note', sa.Text(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_how', sa.String(length=24), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("NOT is_public OR state = 'active'", name=op.f('ck_partnerships_public_while_active')),
    sa.CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name=op.f('ck_partnerships_consent')),
    sa.CheckConstraint('valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from', name=op.f('ck_partnerships_days')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_partnerships_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_partnerships_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partnerships'))
    )
    op.create_index('ix_partnerships_organization_id', 'partnerships', ['organization_id'], unique=False)
    op.create_index('ix_partnerships_valid_until', 'partnerships', ['valid_until'], unique=False)
    op.create_index('uq_partnerships_standing', 'partnerships', ['consulate_id', 'organization_id'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'active', 'suspended')"), postgresql_where=sa.text("state IN ('proposed', 'active', 'suspended')"))
    op.create_table('referral_counts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('need', sa.String(length=60), nullable=False),
    sa.Column('population', sa.String(length=60), nullable=False),
    sa.Column('answer', sa.String(length=24), nullable=False),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('answer_hours', sa.JSON(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_referral_counts_count')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_referral_counts_consulate_id_consulates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_counts')),
    sa.UniqueConstraint('consulate_id', 'month', 'need', 'population', 'answer', 'outcome', name='uq_referral_counts_cell')
    )
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('external_id', sa.String(length=64), nullable=True),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('sent', 'asked', 'accepted', 'declined', 'withdrawn', 'closed', name='referralstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('need', sa.String(length=60), nullable=False),
    sa.Column('population', sa.String(length=60), nullable=True),
    sa.Column('nationality', sa.String(length=2), nullable=True),
    sa.Column('age_group', sa.Enum('0-2', '3-11', '12-17', '18-29', '30-59', '60+', 'family', 'unknown', name='agegroup', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('place_id', sa.String(length=80), nullable=True),
    sa.Column('urgency', sa.Enum('now', 'today', 'week', name='urgency', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('spoken', sa.String(length=3), nullable=True),
    sa.Column('message', sa.String(length=600), nullable=True),
    sa.Column('is_consented', sa.Boolean(), nullable=False),
    sa.Column('is_at_own_request', sa.Boolean(), nullable=False),
    sa.Column('assigned_to', sa.Uuid(), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_how', sa.String(length=24), nullable=True),
    sa.Column('decline_reason', sa.Enum('full', 'not-offered', 'not-this-person', 'too-far', 'closed', 'other', name='declinereason', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('outcome', sa.Enum('helped', 'partly', 'did-not-come', 'referred-on', 'not-needed', 'unknown', name='outcome', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name=op.f('ck_referrals_closed_with_outcome')),
    sa.CheckConstraint("state <> 'declined' OR decline_reason IS NOT NULL", name=op.f('ck_referrals_reason')),
    sa.CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name=op.f('ck_referrals_answer')),
    sa.CheckConstraint('is_consented', name=op.f('ck_referrals_consent')),
    sa.ForeignKeyConstraint(['assigned_to'], ['users.id'], name=op.f('fk_referrals_assigned_to_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_referrals_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_referrals_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_referrals_place_id_places')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals')),
    sa.UniqueConstraint('consulate_id', 'external_id', name=op.f('uq_referrals_consulate_id_external_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_referrals_reference'))
    )
    op.create_index(op.f('ix_referrals_assigned_to'), 'referrals', ['assigned_to'], unique=False)
    op.create_index('ix_referrals_closed_at', 'referrals', ['closed_at'], unique=False)
    op.create_index('ix_referrals_consulate_id', 'referrals', ['consulate_id', 'state', 'sent_at'], unique=False)
    op.create_index('ix_referrals_organization_id', 'referrals', ['organization_id'], unique=False)
    op.create_table('vouches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_vouches_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_vouches_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vouches')),
    sa.UniqueConstraint('consulate_id', 'organization_id', name=op.f('uq_vouches_consulate_id_organization_id'))
    )
    op.create_index(op.f('ix_vouches_organization_id'), 'vouches', ['organization_id'], unique=False)
    op.create_table('focal_points',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('partnership_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Enum('consulate', 'organization', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=120), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['partnership_id'], ['partnerships.id'], name=op.f('fk_focal_points_partnership_id_partnerships'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_focal_points'))
    )
    op.create_index(op.f('ix_focal_points_partnership_id'), 'focal_points', ['partnership_id'], unique=False)
    op.create_table('partnership_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('partnership_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('side', sa.Enum('consulate', 'organization', name='side', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('action', sa.String(length=24), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('changed', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['partnership_id'], ['partnerships.id'], name=op.f('fk_partnership_events_partnership_id_partnerships'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partnership_events'))
    )
    op.create_index('ix_partnership_events_partnership_id', 'partnership_events', ['partnership_id', 'at'], unique=False)
    op.create_table('referral_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('side', sa.Enum('consulate', 'organization', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['referral_id'], ['referrals.id'], name=op.f('fk_referral_notes_referral_id_referrals'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_notes'))
    )
    op.create_index(op.f('ix_referral_notes_referral_id'), 'referral_notes', ['referral_id'], unique=False)
    op.create_table('referral_requests',
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('referral_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_to', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_referral_requests_consulate_id_consulates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['referral_id'], ['referrals.id'], name=op.f('fk_referral_requests_referral_id_referrals'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consulate_id', 'key', name=op.f('pk_referral_requests'))
    )
    op.create_index(op.f('ix_referral_requests_referral_id'), 'referral_requests', ['referral_id'], unique=False)
    for statement in _new_columns():
        op.execute(statement)
    _widen_access_links()


def downgrade() -> None:
    _narrow_access_links()
    # Without its town a row would speak of the whole state.
    op.execute("DELETE FROM jurisdiction_areas WHERE place_id IS NOT NULL")
    for table, column in (
        ('jurisdiction_areas', 'place_id'),
        ('consulates', 'contacts_edited_at'),
        ('consulates', 'jurisdiction_edited_at'),
        ('consulates', 'jurisdiction_source_date'),
        ('consulates', 'jurisdiction_source_url'),
        ('consulates', 'jurisdiction_source'),
        ('consulate_phones', 'is_around_the_clock'),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index(op.f('ix_referral_requests_referral_id'), table_name='referral_requests')
    op.drop_table('referral_requests')
    op.drop_index(op.f('ix_referral_notes_referral_id'), table_name='referral_notes')
    op.drop_table('referral_notes')
    op.drop_index('ix_partnership_events_partnership_id', table_name='partnership_events')
    op.drop_table('partnership_events')
    op.drop_index(op.f('ix_focal_points_partnership_id'), table_name='focal_points')
    op.drop_table('focal_points')
    op.drop_index(op.f('ix_vouches_organization_id'), table_name='vouches')
    op.drop_table('vouches')
    op.drop_index('ix_referrals_organization_id', table_name='referrals')
    op.drop_index('ix_referrals_consulate_id', table_name='referrals')
    op.drop_index('ix_referrals_closed_at', table_name='referrals')
    op.drop_index(op.f('ix_referrals_assigned_to'), table_name='referrals')
    op.drop_table('referrals')
    op.drop_table('referral_counts')
    op.drop_index('uq_partnerships_standing', table_name='partnerships', sqlite_where=sa.text("state IN ('proposed', 'active', 'suspended')"), postgresql_where=sa.text("state IN ('proposed', 'active', 'suspended')"))
    op.drop_index('ix_partnerships_valid_until', table_name='partnerships')
    op.drop_index('ix_partnerships_organization_id', table_name='partnerships')
    op.drop_table('partnerships')
    op.drop_index(op.f('ix_mobile_consulates_place_id'), table_name='mobile_consulates')
    op.drop_index('ix_mobile_consulates_consulate_id', table_name='mobile_consulates')
    op.drop_table('mobile_consulates')
    op.drop_index('ix_consulate_notes_organization_id', table_name='consulate_notes')
    op.drop_index(op.f('ix_consulate_notes_consulate_id'), table_name='consulate_notes')
    op.drop_table('consulate_notes')
    op.drop_index(op.f('ix_api_tokens_consulate_id'), table_name='api_tokens')
    op.drop_table('api_tokens')
    op.drop_index('ix_assistance_agreements_countries', table_name='assistance_agreements')
    op.drop_table('assistance_agreements')


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == 'postgresql'


def _new_columns() -> list[str]:
    """Plain ALTER TABLE on both databases, as in 0002."""
    instant = 'TIMESTAMP WITH TIME ZONE' if _is_postgresql() else 'DATETIME'
    no = 'false' if _is_postgresql() else '0'
    return [
        f"ALTER TABLE consulate_phones ADD COLUMN is_around_the_clock BOOLEAN DEFAULT {no} NOT NULL",
        "ALTER TABLE consulates ADD COLUMN jurisdiction_source VARCHAR(300)",
        "ALTER TABLE consulates ADD COLUMN jurisdiction_source_url VARCHAR(300)",
        "ALTER TABLE consulates ADD COLUMN jurisdiction_source_date VARCHAR(10)",
        f"ALTER TABLE consulates ADD COLUMN jurisdiction_edited_at {instant}",
        f"ALTER TABLE consulates ADD COLUMN contacts_edited_at {instant}",
        "ALTER TABLE jurisdiction_areas ADD COLUMN place_id VARCHAR(80) "
        "CONSTRAINT fk_jurisdiction_areas_place_id_places REFERENCES places (id)",
    ]


_SUBJECTS = ('partnership', 'referral')


def _widen_access_links() -> None:
    """Two more purposes and what they are about. Nothing refers to this table, so SQLite may build it anew."""
    if not _is_postgresql():
        _rebuild_access_links(_NEW_PURPOSES, _SUBJECTS)
        return
    _replace_check(_NEW_PURPOSES)
    for name in _SUBJECTS:
        op.add_column('access_links', sa.Column(f'{name}_id', sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f'fk_access_links_{name}_id_{name}s'), 'access_links', f'{name}s', [f'{name}_id'], ['id'], ondelete='CASCADE')
        op.create_index(op.f(f'ix_access_links_{name}_id'), 'access_links', [f'{name}_id'], unique=False)


def _narrow_access_links() -> None:
    op.execute("DELETE FROM access_links WHERE purpose IN ('partnership', 'referral')")
    if not _is_postgresql():
        _rebuild_access_links(_OLD_PURPOSES, ())
        return
    for name in _SUBJECTS:
        op.drop_column('access_links', f'{name}_id')
    _replace_check(_OLD_PURPOSES)


def _replace_check(purposes: Sequence[str]) -> None:
    op.drop_constraint(op.f('ck_access_links_linkpurpose'), 'access_links', type_='check')
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    op.create_check_constraint(op.f('ck_access_links_linkpurpose'), 'access_links', f"purpose IN ({listed})")


def _rebuild_access_links(purposes: Sequence[str], subjects: Sequence[str]) -> None:
    kept = ('digest', 'purpose', 'organization_id', 'submission_id', 'email', 'note', 'created_at', 'expires_at', 'used_at')
    present = {str(index['name']) for index in sa.inspect(op.get_bind()).get_indexes('access_links')}
    for name in sorted(present):
        op.drop_index(name, 'access_links')
    op.create_table('access_links_new',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.Enum(*purposes, name='linkpurpose', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('submission_id', sa.Uuid(), nullable=True),
    *(sa.Column(f'{name}_id', sa.Uuid(), nullable=True) for name in subjects),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('note', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('organization_id IS NOT NULL OR submission_id IS NOT NULL', name=op.f('ck_access_links_subject')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_access_links_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_access_links_submission_id_submissions'), ondelete='CASCADE'),
    *(sa.ForeignKeyConstraint([f'{name}_id'], [f'{name}s.id'], name=op.f(f'fk_access_links_{name}_id_{name}s'), ondelete='CASCADE') for name in subjects),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_access_links'))
    )
    columns = ", ".join(kept)
    op.execute(f"INSERT INTO access_links_new ({columns}) SELECT {columns} FROM access_links")
    op.drop_table('access_links')
    op.rename_table('access_links_new', 'access_links')
    for name in ('organization', 'submission', *subjects):
        op.create_index(op.f(f'ix_access_links_{name}_id'), 'access_links', [f'{name}_id'], unique=False)
