"""Decisions that are carried out some seconds later, so that they can be taken back before anybody is told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DECISIONS = ('approve', 'return', 'reject', 'merge')


def upgrade() -> None:
    op.create_table('pending_decisions',
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('decision', sa.Enum(*DECISIONS, name='decision', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('criterion', sa.String(length=40), nullable=True),
    sa.Column('into_id', sa.Uuid(), nullable=True),
    sa.Column('decided_by', sa.String(length=80), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("decision <> 'reject' OR criterion IS NOT NULL", name=op.f('ck_pending_decisions_criterion')),
    sa.CheckConstraint("decision <> 'merge' OR into_id IS NOT NULL", name=op.f('ck_pending_decisions_into')),
    sa.ForeignKeyConstraint(['into_id'], ['organizations.id'], name=op.f('fk_pending_decisions_into_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submissions.id'], name=op.f('fk_pending_decisions_submission_id_submissions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_pending_decisions'))
    )
    op.create_index(op.f('ix_pending_decisions_due_at'), 'pending_decisions', ['due_at'], unique=False)
    op.create_index(op.f('ix_pending_decisions_into_id'), 'pending_decisions', ['into_id'], unique=False)


def downgrade() -> None:
    op.drop_table('pending_decisions')
