"""The office that a referral asks, and what it says in fixed sentences."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('referrals', sa.Column('location_id', sa.Uuid(), nullable=True))
    op.add_column('referrals', sa.Column('sentences', sa.JSON(), server_default=sa.text("'[]'"), nullable=False))


def downgrade() -> None:
    op.drop_column('referrals', 'sentences')
    op.drop_column('referrals', 'location_id')
