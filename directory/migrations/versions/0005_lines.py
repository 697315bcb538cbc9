"""Help lines, and who says each phone, address and e-mail of a consulate."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ('emergency', 'police', 'ambulance', 'violence', 'children', 'trafficking', 'crisis', 'detention', 'migration', 'ombudsman', 'information', 'protection', 'consular')
SOURCES = {
    'consulates': ('address_source', 'email_source'),
    'consulate_phones': ('source',),
}


def _columns(group: str) -> tuple[sa.Column[str], ...]:
    name = 'source_name' if group == 'source' else group
    return (
        sa.Column(name, sa.String(length=300), nullable=True),
        sa.Column(f'{group}_url', sa.String(length=300), nullable=True),
        sa.Column(f'{group}_date', sa.String(length=10), nullable=True),
    )


def upgrade() -> None:
    op.create_table('help_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='linekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('sending_country', sa.String(length=2), nullable=True),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('channel', sa.Enum('voice', 'whatsapp', 'text', 'email', name='linechannel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', sa.String(length=80), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('dial', sa.String(length=24), nullable=True),
    sa.Column('reach', sa.String(length=240), nullable=False),
    sa.Column('hours', sa.String(length=120), nullable=True),
    sa.Column('hours_zone', sa.String(length=40), nullable=True),
    sa.Column('languages', sa.String(length=240), nullable=False),
    sa.Column('for_whom', sa.JSON(), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('is_doubtful', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_in_danger', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('verified_by', sa.String(length=80), nullable=True),
    sa.Column('edited_fields', sa.String(length=240), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source_name', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.String(length=160), nullable=True),
    sa.CheckConstraint("channel = 'email' OR dial IS NOT NULL", name=op.f('ck_help_lines_dial')),
    sa.CheckConstraint("number IS NULL OR number LIKE '+%'", name=op.f('ck_help_lines_number')),
    sa.CheckConstraint('(country IS NULL) <> (sending_country IS NULL)', name=op.f('ck_help_lines_whose')),
    sa.CheckConstraint('source_date IS NULL OR length(source_date) IN (4, 7, 10)', name=op.f('ck_help_lines_source_date')),
    sa.CheckConstraint('version > 0', name=op.f('ck_help_lines_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_lines')),
    sa.UniqueConstraint('source_key', name=op.f('uq_help_lines_source_key'))
    )
    op.create_index('ix_help_lines_country', 'help_lines', ['country', 'kind'], unique=False)
    for table, groups in SOURCES.items():
        for group in groups:
            for column in _columns(group):
                op.add_column(table, column)


def downgrade() -> None:
    for table, groups in SOURCES.items():
        for group in groups:
            for column in _columns(group):
                op.drop_column(table, column.name)
    op.drop_index('ix_help_lines_country', table_name='help_lines')
    op.drop_table('help_lines')
