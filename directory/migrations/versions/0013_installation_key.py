"""Which key an installation is sealed with: a machine that comes with another one is told so."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import directory.database


revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        'installation_key',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('noted_at', directory.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_installation_key_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_installation_key')),
    )


def downgrade() -> None:
    op.drop_table('installation_key')
