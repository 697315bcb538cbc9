"""A link that works once and gives an organization without e-mail the key to its record."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OLD = ('draft', 'confirm-submission', 'manage', 'still-right', 'old-channel', 'claim', 'visit', 'partnership', 'referral')
SUBJECTS = ('organization', 'submission', 'partnership', 'referral')
KEPT = ('digest', 'purpose', *(f'{name}_id' for name in SUBJECTS), 'email', 'note', 'created_at', 'expires_at', 'used_at')


def upgrade() -> None:
    _allow((*OLD, 'key'))


def downgrade() -> None:
    op.execute("DELETE FROM access_links WHERE purpose = 'key'")
    _allow(OLD)


def _allow(purposes: Sequence[str]) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint(op.f('ck_access_links_linkpurpose'), 'access_links', type_='check')
        listed = ", ".join(f"'{purpose}'" for purpose in purposes)
        op.create_check_constraint(op.f('ck_access_links_linkpurpose'), 'access_links', f"purpose IN ({listed})")
    else:
        _rebuild(purposes)


def _rebuild(purposes: Sequence[str]) -> None:
    """Nothing refers to this table, so SQLite may build it anew."""
    for index in sa.inspect(op.get_bind()).get_indexes('access_links'):
        op.drop_index(str(index['name']), 'access_links')
    op.create_table('access_links_new',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.Enum(*purposes, name='linkpurpose', native_enum=False, create_constraint=True, length=24), nullable=False),
    *(sa.Column(f'{name}_id', sa.Uuid(), nullable=True) for name in SUBJECTS),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('note', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('organization_id IS NOT NULL OR submission_id IS NOT NULL', name=op.f('ck_access_links_subject')),
    *(sa.ForeignKeyConstraint([f'{name}_id'], [f'{name}s.id'], name=op.f(f'fk_access_links_{name}_id_{name}s'), ondelete='CASCADE') for name in SUBJECTS),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_access_links'))
    )
    columns = ", ".join(KEPT)
    op.execute(f"INSERT INTO access_links_new ({columns}) SELECT {columns} FROM access_links")
    op.drop_table('access_links')
    op.rename_table('access_links_new', 'access_links')
    for name in SUBJECTS:
        op.create_index(op.f(f'ix_access_links_{name}_id'), 'access_links', [f'{name}_id'], unique=False)
