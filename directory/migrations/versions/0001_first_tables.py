"""first tables"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0001'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('admin2',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('admin1', sa.String(length=6), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_admin2'))
    )
    with op.batch_alter_table('admin2', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_admin2_admin1'), ['admin1'], unique=False)

    op.create_table('audit_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.Enum('organization', 'consulate', name='entity', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('entity_id', sa.Uuid(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entries_record', ['entity', 'entity_id'], unique=False)

    op.create_table('changes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('entity', sa.Enum('organization', 'consulate', name='entity', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('created', 'updated', 'deleted', 'redacted', name='changekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('seq > 0', name=op.f('ck_changes_seq')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_changes')),
    sa.UniqueConstraint('seq', name=op.f('uq_changes_seq'))
    )
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.create_index('ix_changes_entity', ['entity', 'entity_id'], unique=False)

    op.create_table('feed_counter',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('epoch', sa.Uuid(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_feed_counter_one_row')),
    sa.CheckConstraint('value >= 0', name=op.f('ck_feed_counter_value')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_counter'))
    )
    op.create_table('organizations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_key', sa.String(length=120), nullable=True),
    sa.Column('source_digest', sa.String(length=64), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('acronym', sa.String(length=30), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('year_founded', sa.Integer(), nullable=True),
    sa.Column('legal_status', sa.String(length=120), nullable=True),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('verified_by', sa.String(length=80), nullable=True),
    sa.Column('verification_method', sa.Enum('call', 'email', 'visit', 'account', name='verificationmethod', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source_name', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.String(length=160), nullable=True),
    sa.CheckConstraint("website IS NULL OR website LIKE 'http%://%'", name=op.f('ck_organizations_website')),
    sa.CheckConstraint('(verified_on IS NULL) = (verified_by IS NULL)', name=op.f('ck_organizations_verified')),
    sa.CheckConstraint('length(country) = 2 AND country = upper(country)', name=op.f('ck_organizations_country')),
    sa.CheckConstraint('length(name) > 0', name=op.f('ck_organizations_name')),
    sa.CheckConstraint('source_date IS NULL OR length(source_date) IN (4, 7, 10)', name=op.f('ck_organizations_source_date')),
    sa.CheckConstraint('year_founded BETWEEN 1500 AND 2200', name=op.f('ck_organizations_year_founded')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organizations')),
    sa.UniqueConstraint('source_key', name=op.f('uq_organizations_source_key'))
    )
    op.create_table('revisions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entity', sa.Enum('organization', 'consulate', name='entity', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('snapshot', sa.JSON(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_revisions_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sa.UniqueConstraint('entity', 'entity_id', 'number', name=op.f('uq_revisions_entity_entity_id_number'))
    )
    op.create_table('slugs',
    sa.Column('entity', sa.Enum('organization', 'consulate', name='entity', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('slug = lower(slug) AND length(slug) > 0', name=op.f('ck_slugs_slug')),
    sa.PrimaryKeyConstraint('entity', 'slug', name=op.f('pk_slugs'))
    )
    with op.batch_alter_table('slugs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slugs_entity_id'), ['entity_id'], unique=False)
        batch_op.create_index('uq_slugs_current', ['entity', 'entity_id'], unique=True, sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))

    op.create_table('taxonomy_terms',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('taxonomy', sa.Enum('service-group', 'service-area', 'population', name='taxonomy', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("(taxonomy = 'service-area') = (parent_id IS NOT NULL)", name=op.f('ck_taxonomy_terms_parent')),
    sa.ForeignKeyConstraint(['parent_id'], ['taxonomy_terms.id'], name=op.f('fk_taxonomy_terms_parent_id_taxonomy_terms')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taxonomy_terms')),
    sa.UniqueConstraint('taxonomy', 'slug', name=op.f('uq_taxonomy_terms_taxonomy_slug'))
    )
    op.create_table('accreditations',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.String(length=160), nullable=False),
    sa.Column('on', sa.String(length=10), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_accreditations_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'by', 'on', name=op.f('pk_accreditations'))
    )
    op.create_table('alternate_names',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_alternate_names_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'name', name=op.f('pk_alternate_names'))
    )
    op.create_table('contacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_contacts_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_organization_id'), ['organization_id'], unique=False)

    op.create_table('organization_identifiers',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('scheme', sa.String(length=60), nullable=False),
    sa.Column('identifier', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_identifiers_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'scheme', 'identifier', name=op.f('pk_organization_identifiers'))
    )
    op.create_table('organization_languages',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=3), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_languages_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'code', name=op.f('pk_organization_languages'))
    )
    op.create_table('organization_populations',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_populations_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_organization_populations_term_id_taxonomy_terms')),
    sa.PrimaryKeyConstraint('organization_id', 'term_id', name=op.f('pk_organization_populations'))
    )
    op.create_table('organization_texts',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('language', sa.String(length=3), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('origin', sa.Enum('original', 'human', 'machine', name='textorigin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.CheckConstraint("field IN ('summary', 'description')", name=op.f('ck_organization_texts_field')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_texts_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'field', 'language', name=op.f('pk_organization_texts'))
    )
    op.create_table('places',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('town', 'crossing', 'camp', 'detention', name='placekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('admin1', sa.String(length=6), nullable=True),
    sa.Column('admin2', sa.String(length=12), nullable=True),
    sa.Column('city', sa.String(length=120), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('timezone', sa.String(length=40), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('operator', sa.String(length=160), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=True),
    sa.Column('source_name', sa.String(length=300), nullable=True),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.String(length=160), nullable=True),
    sa.CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name=op.f('ck_places_admin1')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_places_point')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_places_latitude')),
    sa.CheckConstraint('length(country) = 2 AND country = upper(country)', name=op.f('ck_places_country')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_places_longitude')),
    sa.CheckConstraint('population IS NULL OR population >= 0', name=op.f('ck_places_population')),
    sa.ForeignKeyConstraint(['admin2'], ['admin2.code'], name=op.f('fk_places_admin2_admin2')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_places'))
    )
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.create_index('ix_places_region', ['country', 'admin1'], unique=False)

    op.create_table('services',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('access', sa.Enum('walk_in', 'call_first', 'appointment', 'referral', name='access', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('is_emergency', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['taxonomy_terms.id'], name=op.f('fk_services_group_id_taxonomy_terms')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_services_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_services'))
    )
    with op.batch_alter_table('services', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_services_organization_id'), ['organization_id'], unique=False)

    op.create_table('taxonomy_labels',
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.CheckConstraint('length(label) > 0', name=op.f('ck_taxonomy_labels_label')),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_taxonomy_labels_term_id_taxonomy_terms'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('term_id', 'language', name=op.f('pk_taxonomy_labels'))
    )
    op.create_table('taxonomy_synonyms',
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(length=120), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_taxonomy_synonyms_term_id_taxonomy_terms'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('term_id', 'text', name=op.f('pk_taxonomy_synonyms'))
    )
    op.create_table('availabilities',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'limited', 'full', 'closed', name='availabilitystate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_availabilities_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', name=op.f('pk_availabilities'))
    )
    op.create_table('consulates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_key', sa.String(length=120), nullable=True),
    sa.Column('source_digest', sa.String(length=64), nullable=True),
    sa.Column('sending_country', sa.String(length=2), nullable=False),
    sa.Column('host_country', sa.String(length=2), nullable=False),
    sa.Column('kind', sa.Enum('embassy', 'consulate-general', 'consulate', 'consular-agency', 'honorary-consulate', name='consulatekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('open', 'doubtful', 'closed', name='consulatestatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('city', sa.String(length=120), nullable=True),
    sa.Column('admin1', sa.String(length=6), nullable=True),
    sa.Column('admin2', sa.String(length=12), nullable=True),
    sa.Column('place_id', sa.String(length=80), nullable=True),
    sa.Column('address', sa.String(length=300), nullable=True),
    sa.Column('postal_code', sa.String(length=16), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('timezone', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('jurisdiction_state', sa.Enum('known', 'partial', 'assumed', 'unknown', name='jurisdictionstate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('jurisdiction_note', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source_name', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.String(length=160), nullable=True),
    sa.CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = host_country || '-'", name=op.f('ck_consulates_admin1')),
    sa.CheckConstraint("status <> 'closed' OR jurisdiction_state = 'unknown'", name=op.f('ck_consulates_closed_serves_nothing')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_consulates_point')),
    sa.CheckConstraint('sending_country <> host_country', name=op.f('ck_consulates_abroad')),
    sa.CheckConstraint('source_date IS NULL OR length(source_date) IN (4, 7, 10)', name=op.f('ck_consulates_source_date')),
    sa.ForeignKeyConstraint(['admin2'], ['admin2.code'], name=op.f('fk_consulates_admin2_admin2')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_consulates_place_id_places')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consulates')),
    sa.UniqueConstraint('source_key', name=op.f('uq_consulates_source_key'))
    )
    with op.batch_alter_table('consulates', schema=None) as batch_op:
        batch_op.create_index('ix_consulates_sending_country_host_country', ['sending_country', 'host_country'], unique=False)

    op.create_table('locations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_key', sa.String(length=160), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('admin1', sa.String(length=6), nullable=True),
    sa.Column('admin2', sa.String(length=12), nullable=True),
    sa.Column('city', sa.String(length=120), nullable=True),
    sa.Column('place_id', sa.String(length=80), nullable=True),
    sa.Column('address', sa.String(length=300), nullable=True),
    sa.Column('postal_code', sa.String(length=16), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('visibility', sa.Enum('public', 'city_only', 'hidden', name='visibility', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('timezone', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=True),
    sa.Column('source_name', sa.String(length=300), nullable=False),
    sa.Column('source_url', sa.String(length=300), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.String(length=160), nullable=True),
    sa.CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name=op.f('ck_locations_admin1')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_locations_point')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_locations_latitude')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_locations_longitude')),
    sa.CheckConstraint('source_date IS NULL OR length(source_date) IN (4, 7, 10)', name=op.f('ck_locations_source_date')),
    sa.ForeignKeyConstraint(['admin2'], ['admin2.code'], name=op.f('fk_locations_admin2_admin2')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_locations_organization_id_organizations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_locations_place_id_places')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_locations')),
    sa.UniqueConstraint('source_key', name=op.f('uq_locations_source_key'))
    )
    with op.batch_alter_table('locations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_locations_admin1'), ['admin1'], unique=False)
        batch_op.create_index(batch_op.f('ix_locations_organization_id'), ['organization_id'], unique=False)

    op.create_table('place_names',
    sa.Column('place_id', sa.String(length=80), nullable=False),
    sa.Column('folded', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_place_names_place_id_places'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('place_id', 'folded', name=op.f('pk_place_names'))
    )
    with op.batch_alter_table('place_names', schema=None) as batch_op:
        batch_op.create_index('ix_place_names_folded', ['folded'], unique=False)

    op.create_table('schedules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens_at', sa.Time(), nullable=False),
    sa.Column('closes_at', sa.Time(), nullable=False),
    sa.CheckConstraint('opens_at <> closes_at', name=op.f('ck_schedules_hours')),
    sa.CheckConstraint('weekday BETWEEN 1 AND 7', name=op.f('ck_schedules_weekday')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_schedules_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules'))
    )
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_schedules_service_id'), ['service_id'], unique=False)

    op.create_table('service_areas',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_areas_service_id_services'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_service_areas_term_id_taxonomy_terms')),
    sa.PrimaryKeyConstraint('service_id', 'term_id', name=op.f('pk_service_areas'))
    )
    with op.batch_alter_table('service_areas', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_areas_term_id'), ['term_id'], unique=False)

    op.create_table('service_coverage',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_coverage_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'code', name=op.f('pk_service_coverage'))
    )
    op.create_table('service_languages',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=3), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_languages_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'code', name=op.f('pk_service_languages'))
    )
    op.create_table('service_nationalities',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_nationalities_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'country', name=op.f('pk_service_nationalities'))
    )
    op.create_table('service_populations',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_populations_service_id_services'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_service_populations_term_id_taxonomy_terms')),
    sa.PrimaryKeyConstraint('service_id', 'term_id', name=op.f('pk_service_populations'))
    )
    op.create_table('service_texts',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('language', sa.String(length=3), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('origin', sa.Enum('original', 'human', 'machine', name='textorigin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.CheckConstraint("field IN ('name', 'description', 'eligibility', 'documents_required', 'cost')", name=op.f('ck_service_texts_field')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_texts_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'field', 'language', name=op.f('pk_service_texts'))
    )
    op.create_table('consulate_phones',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('text', sa.String(length=80), nullable=False),
    sa.Column('extension', sa.String(length=20), nullable=True),
    sa.Column('kind', sa.Enum('main', 'protection', name='consulatephonekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("number IS NULL OR number LIKE '+%'", name=op.f('ck_consulate_phones_number')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_consulate_phones_consulate_id_consulates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consulate_phones'))
    )
    with op.batch_alter_table('consulate_phones', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consulate_phones_consulate_id'), ['consulate_id'], unique=False)

    op.create_table('jurisdiction_areas',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('consulate_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('admin1', sa.String(length=6), nullable=True),
    sa.Column('admin2', sa.String(length=12), nullable=True),
    sa.Column('mode', sa.Enum('include', 'exclude', name='areamode', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_assumed', sa.Boolean(), nullable=False),
    sa.CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name=op.f('ck_jurisdiction_areas_admin1')),
    sa.CheckConstraint('admin2 IS NULL OR admin1 IS NOT NULL', name=op.f('ck_jurisdiction_areas_admin2')),
    sa.ForeignKeyConstraint(['admin2'], ['admin2.code'], name=op.f('fk_jurisdiction_areas_admin2_admin2')),
    sa.ForeignKeyConstraint(['consulate_id'], ['consulates.id'], name=op.f('fk_jurisdiction_areas_consulate_id_consulates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jurisdiction_areas'))
    )
    with op.batch_alter_table('jurisdiction_areas', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jurisdiction_areas_consulate_id'), ['consulate_id'], unique=False)
        batch_op.create_index('ix_jurisdiction_areas_place', ['country', 'admin1', 'admin2'], unique=False)

    op.create_table('phones',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('text', sa.String(length=80), nullable=False),
    sa.Column('extension', sa.String(length=20), nullable=True),
    sa.Column('kind', sa.Enum('voice', 'whatsapp', 'fax', 'emergency', name='phonekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("number IS NULL OR number LIKE '+%'", name=op.f('ck_phones_number')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_phones_location_id_locations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_phones_organization_id_organizations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phones'))
    )
    with op.batch_alter_table('phones', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phones_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phones_organization_id'), ['organization_id'], unique=False)

    op.create_table('service_at_locations',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_service_at_locations_location_id_locations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_at_locations_service_id_services'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'location_id', name=op.f('pk_service_at_locations'))
    )
    with op.batch_alter_table('service_at_locations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_at_locations_location_id'), ['location_id'], unique=False)

    op.create_table('areas_at_locations',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('term_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['service_id', 'location_id'], ['service_at_locations.service_id', 'service_at_locations.location_id'], name=op.f('fk_areas_at_locations_service_id_service_at_locations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['term_id'], ['taxonomy_terms.id'], name=op.f('fk_areas_at_locations_term_id_taxonomy_terms')),
    sa.PrimaryKeyConstraint('service_id', 'location_id', 'term_id', name=op.f('pk_areas_at_locations'))
    )
    op.bulk_insert(
        sa.table("feed_counter", sa.column("id", sa.Integer), sa.column("value", sa.BigInteger), sa.column("epoch", sa.Uuid)),
        [{"id": 1, "value": 0, "epoch": uuid.uuid4()}],
    )


def downgrade() -> None:
    op.drop_table('areas_at_locations')
    with op.batch_alter_table('service_at_locations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_at_locations_location_id'))

    op.drop_table('service_at_locations')
    with op.batch_alter_table('phones', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phones_organization_id'))
        batch_op.drop_index(batch_op.f('ix_phones_location_id'))

    op.drop_table('phones')
    with op.batch_alter_table('jurisdiction_areas', schema=None) as batch_op:
        batch_op.drop_index('ix_jurisdiction_areas_place')
        batch_op.drop_index(batch_op.f('ix_jurisdiction_areas_consulate_id'))

    op.drop_table('jurisdiction_areas')
    with op.batch_alter_table('consulate_phones', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consulate_phones_consulate_id'))

    op.drop_table('consulate_phones')
    op.drop_table('service_texts')
    op.drop_table('service_populations')
    op.drop_table('service_nationalities')
    op.drop_table('service_languages')
    op.drop_table('service_coverage')
    with op.batch_alter_table('service_areas', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_areas_term_id'))

    op.drop_table('service_areas')
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_schedules_service_id'))

    op.drop_table('schedules')
    with op.batch_alter_table('place_names', schema=None) as batch_op:
        batch_op.drop_index('ix_place_names_folded')

    op.drop_table('place_names')
    with op.batch_alter_table('locations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_locations_organization_id'))
        batch_op.drop_index(batch_op.f('ix_locations_admin1'))

    op.drop_table('locations')
    with op.batch_alter_table('consulates', schema=None) as batch_op:
        batch_op.drop_index('ix_consulates_sending_country_host_country')

    op.drop_table('consulates')
    op.drop_table('availabilities')
    op.drop_table('taxonomy_synonyms')
    op.drop_table('taxonomy_labels')
    with op.batch_alter_table('services', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_services_organization_id'))

    op.drop_table('services')
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.drop_index('ix_places_region')

    op.drop_table('places')
    op.drop_table('organization_texts')
    op.drop_table('organization_populations')
    op.drop_table('organization_languages')
    op.drop_table('organization_identifiers')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contacts_organization_id'))

    op.drop_table('contacts')
    op.drop_table('alternate_names')
    op.drop_table('accreditations')
    op.drop_table('taxonomy_terms')
    with op.batch_alter_table('slugs', schema=None) as batch_op:
        batch_op.drop_index('uq_slugs_current', sqlite_where=sa.text('is_current'), postgresql_where=sa.text('is_current'))
        batch_op.drop_index(batch_op.f('ix_slugs_entity_id'))

    op.drop_table('slugs')
    op.drop_table('revisions')
    op.drop_table('organizations')
    op.drop_table('feed_counter')
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.drop_index('ix_changes_entity')

    op.drop_table('changes')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entries_record')

    op.drop_table('audit_entries')
    with op.batch_alter_table('admin2', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_admin2_admin1'))

    op.drop_table('admin2')
