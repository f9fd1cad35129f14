"""Keep evidence, hours and the profile of an educator, and what moves with a person.

Revision 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


EXPERIENCE = _choice('experience', ('0-3', '4-10', '11+'))
ENTRY_SOURCE = _choice('entrysource', ('activity', 'award', 'by_hand'))
EVIDENCE_KIND = _choice('evidencekind', ('link', 'words', 'observation', 'student_work'))
AUDIENCE = _choice('audience', ('private', 'reviewer', 'team', 'school', 'district'))
BROUGHT_KIND = _choice('broughtkind', ('opportunity', 'indicator', 'credit_type', 'teams', 'completions', 'scores',
    'places'))
LOOKED_INSIDE = _choice('lookedinside', ('asked', 'otherwise', 'nobody'))


def upgrade() -> None:
    _make_profiles()
    _make_hours()
    _make_evidence()
    _say_more_of_learning()
    _make_moves()


def _make_profiles() -> None:
    op.create_table(
        'educator_profile',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('experience', EXPERIENCE, nullable=True),
        sa.Column('languages', sa.String(length=200), nullable=False),
        sa.Column('students', sa.JSON(), nullable=False),
        sa.Column('formats', sa.JSON(), nullable=False),
        sa.Column('times', sa.JSON(), nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_educator_profile_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_educator_profile')),
    )


def _make_hours() -> None:
    op.create_table(
        'credit_type',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('unit', sa.String(length=40), nullable=False),
        sa.Column('hours_per_unit', sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column('yearly_cap', sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column('is_default', sa.Boolean(), nullable=False),
        sa.Column('retired_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_credit_type_district_id_district'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_type')),
        sa.UniqueConstraint('district_id', 'name', name=op.f('uq_credit_type_district_id_name')),
    )
    op.create_table(
        'licence_cycle',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('credit_type_id', sa.Integer(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('needed', sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['credit_type_id'], ['credit_type.id'],
            name=op.f('fk_licence_cycle_credit_type_id_credit_type')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_licence_cycle_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_licence_cycle')),
    )
    op.create_index(op.f('ix_licence_cycle_credit_type_id'), 'licence_cycle', ['credit_type_id'])
    op.create_index(op.f('ix_licence_cycle_person_id'), 'licence_cycle', ['person_id'])
    op.create_table(
        'ledger_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('credit_type_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column('hours', sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column('earned_on', sa.Date(), nullable=False),
        sa.Column('source', ENTRY_SOURCE, nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=True),
        sa.Column('activity_id', sa.Integer(), nullable=True),
        sa.Column('plan_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('proof_url', sa.String(length=1000), nullable=False),
        sa.Column('attested_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('withdrawn_at', MOMENT, nullable=True),
        sa.Column('brought_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_ledger_entry_activity_id_activity'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['credit_type_id'], ['credit_type.id'],
            name=op.f('fk_ledger_entry_credit_type_id_credit_type')),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_ledger_entry_district_id_district'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['opportunity.id'],
            name=op.f('fk_ledger_entry_opportunity_id_opportunity'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ledger_entry_person_id_person'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['plan_id'], ['growth_plan.id'], name=op.f('fk_ledger_entry_plan_id_growth_plan'),
            ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
        sa.UniqueConstraint('person_id', 'opportunity_id', name=op.f('uq_ledger_entry_person_id_opportunity_id')),
    )
    op.create_index(op.f('ix_ledger_entry_activity_id'), 'ledger_entry', ['activity_id'])
    op.create_index(op.f('ix_ledger_entry_credit_type_id'), 'ledger_entry', ['credit_type_id'])
    op.create_index(op.f('ix_ledger_entry_district_id'), 'ledger_entry', ['district_id'])
    op.create_index(op.f('ix_ledger_entry_opportunity_id'), 'ledger_entry', ['opportunity_id'])
    op.create_index(op.f('ix_ledger_entry_person_id_ledger_entry_earned_on'), 'ledger_entry', ['person_id',
        'earned_on'])
    op.create_index(op.f('ix_ledger_entry_person_id_ledger_entry_plan_id'), 'ledger_entry', ['person_id', 'plan_id'],
        unique=True, sqlite_where=sa.text("source = 'award'"), postgresql_where=sa.text("source = 'award'"))
    op.create_index(op.f('ix_ledger_entry_plan_id'), 'ledger_entry', ['plan_id'])


def _make_evidence() -> None:
    op.create_table(
        'evidence',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=False),
        sa.Column('activity_id', sa.Integer(), nullable=True),
        sa.Column('kind', EVIDENCE_KIND, nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('url', sa.String(length=1000), nullable=False),
        sa.Column('reflection', sa.Text(), nullable=False),
        sa.Column('audience', AUDIENCE, nullable=False),
        sa.Column('dated_on', sa.Date(), nullable=False),
        sa.Column('holds_students', sa.Boolean(), nullable=False),
        sa.Column('attested_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('updated_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_evidence_activity_id_activity'),
            ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_evidence_goal_id_goal'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    )
    op.create_index(op.f('ix_evidence_activity_id'), 'evidence', ['activity_id'])
    op.create_index(op.f('ix_evidence_goal_id'), 'evidence', ['goal_id'])
    op.create_table(
        'evidence_indicator',
        sa.Column('evidence_id', sa.Integer(), nullable=False),
        sa.Column('indicator_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'],
            name=op.f('fk_evidence_indicator_evidence_id_evidence'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'],
            name=op.f('fk_evidence_indicator_indicator_id_indicator'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('evidence_id', 'indicator_id', name=op.f('pk_evidence_indicator')),
    )
    op.create_index(op.f('ix_evidence_indicator_indicator_id'), 'evidence_indicator', ['indicator_id'])


def _make_moves() -> None:
    op.create_table(
        'brought',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', BROUGHT_KIND, nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=True),
        sa.Column('indicator_id', sa.Integer(), nullable=True),
        sa.Column('credit_type_id', sa.Integer(), nullable=True),
        sa.Column('words', sa.JSON(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['credit_type_id'], ['credit_type.id'],
            name=op.f('fk_brought_credit_type_id_credit_type'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'], name=op.f('fk_brought_indicator_id_indicator'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['opportunity_id'], ['opportunity.id'],
            name=op.f('fk_brought_opportunity_id_opportunity'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_brought_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_brought')),
    )
    op.create_index(op.f('ix_brought_credit_type_id'), 'brought', ['credit_type_id'])
    op.create_index(op.f('ix_brought_indicator_id'), 'brought', ['indicator_id'])
    op.create_index(op.f('ix_brought_opportunity_id'), 'brought', ['opportunity_id'])
    op.create_index(op.f('ix_brought_person_id'), 'brought', ['person_id'])


def _say_more_of_learning() -> None:
    with op.batch_alter_table('activity') as activity:
        activity.add_column(sa.Column('looked_inside', LOOKED_INSIDE, nullable=True))
        activity.create_index(
            'uq_activity_without_goal', ['plan_id', 'opportunity_id'], unique=True,
            sqlite_where=sa.text('goal_id IS NULL'), postgresql_where=sa.text('goal_id IS NULL'))
    _add_filled('try_it', ('plan', sa.Text(), ''))
    with op.batch_alter_table('try_it') as try_it:
        try_it.add_column(sa.Column('support_id', sa.Integer(), nullable=True))
        try_it.add_column(sa.Column('tried_on', sa.Date(), nullable=True))
        try_it.create_index(op.f('ix_try_it_support_id'), ['support_id'])
        try_it.create_foreign_key(
            op.f('fk_try_it_support_id_person'), 'person', ['support_id'], ['id'], ondelete='SET NULL')


def _add_filled(table: str, *columns: tuple[str, sa.types.TypeEngine[object], str]) -> None:
    """Add columns that must not be empty to a table that may have rows; each comes with what those rows get."""
    with op.batch_alter_table(table) as changed:
        for name, kind, filled in columns:
            changed.add_column(sa.Column(name, kind, nullable=False, server_default=filled))
    with op.batch_alter_table(table) as changed:
        for name, kind, _ in columns:
            changed.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('Evidence and hours have no place in the tables before; restore a backup.')
