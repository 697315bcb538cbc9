"""Words as data: phrases of the lexicon and what is counted of them, words sent in, needs that nobody met."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('lexicon_phrases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phrase', sa.String(length=120), nullable=False),
    sa.Column('folded', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.Enum('area', 'population', 'language', 'nationality', 'place', name='phrasekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('value', sa.String(length=240), nullable=False),
    sa.Column('weight', sa.Double(), nullable=False),
    sa.Column('needs', sa.String(length=240), nullable=False),
    sa.Column('implies', sa.String(length=240), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=False),
    sa.Column('origin', sa.Enum('release', 'network', name='phraseorigin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_disabled', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(length=80), nullable=True),
    sa.CheckConstraint("language IN ('es', 'en', 'fr', 'mul')", name=op.f('ck_lexicon_phrases_language')),
    sa.CheckConstraint('length(folded) > 0', name=op.f('ck_lexicon_phrases_folded')),
    sa.CheckConstraint('version > 0', name=op.f('ck_lexicon_phrases_version')),
    sa.CheckConstraint('weight > 0 AND weight <= 1', name=op.f('ck_lexicon_phrases_weight')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lexicon_phrases')),
    sa.UniqueConstraint('folded', 'language', 'kind', 'value', name=op.f('uq_lexicon_phrases_folded_language_kind_value')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_lexicon_phrases_meaning', 'lexicon_phrases', ['kind', 'value'], unique=False)
    op.create_table('lexicon_revision',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('token', sa.Uuid(), nullable=False),
    sa.Column('release', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_lexicon_revision_one_row')),
    sa.CheckConstraint('number >= 0', name=op.f('ck_lexicon_revision_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lexicon_revision'))
    )
    op.create_table('phrase_uses',
    sa.Column('phrase_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('times_read', sa.Integer(), nullable=False),
    sa.Column('times_struck', sa.Integer(), nullable=False),
    sa.CheckConstraint('times_read >= 0 AND times_struck >= 0', name=op.f('ck_phrase_uses_counts')),
    sa.ForeignKeyConstraint(['phrase_id'], ['lexicon_phrases.id'], name=op.f('fk_phrase_uses_phrase_id_lexicon_phrases'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phrase_id', 'month', name=op.f('pk_phrase_uses'))
    )
    op.create_table('suggested_words',
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.String(length=80), nullable=True),
    sa.CheckConstraint('times > 0', name=op.f('ck_suggested_words_times')),
    sa.PrimaryKeyConstraint('word', 'language', name=op.f('pk_suggested_words'))
    )
    op.create_table('unmet_needs',
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('area', sa.String(length=60), nullable=False),
    sa.Column('admin1', sa.String(length=6), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_unmet_needs_count')),
    sa.PrimaryKeyConstraint('week', 'area', 'admin1', name=op.f('pk_unmet_needs'))
    )
    revision_row = sa.table("lexicon_revision", sa.column("id", sa.Integer), sa.column("number", sa.Integer), sa.column("token", sa.Uuid), sa.column("release", sa.String))
    op.bulk_insert(revision_row, [{"id": 1, "number": 0, "token": uuid.uuid4(), "release": ""}])


def downgrade() -> None:
    for name in ('unmet_needs', 'suggested_words', 'phrase_uses', 'lexicon_revision'):
        op.drop_table(name)
    op.drop_index('ix_lexicon_phrases_meaning', table_name='lexicon_phrases')
    op.drop_table('lexicon_phrases')
