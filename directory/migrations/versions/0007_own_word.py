"""Whether an organization's e-mail is for the directory alone, and what a shelter says of its beds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        'organizations', sa.Column('is_email_private', sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column('services', sa.Column('shelter', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    private = op.get_bind().execute(sa.text('SELECT count(*) FROM organizations WHERE is_email_private')).scalar()
    if private:
        raise RuntimeError(f'{private} organizations keep their e-mail to the directory; an older release would show it')
    op.drop_column('services', 'shelter')
    op.drop_column('organizations', 'is_email_private')
