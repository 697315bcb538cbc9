"""Hours from midnight to midnight: open day and night."""

from collections.abc import Sequence

from alembic import op


revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_schedules_hours'), type_='check')


def downgrade() -> None:
    op.execute("DELETE FROM schedules WHERE opens_at = closes_at")
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.create_check_constraint(op.f('ck_schedules_hours'), 'opens_at <> closes_at')
