"""Make each course an opportunity for learning, and what counts toward a goal an activity.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)
ROLES = ('teacher', 'special_educator', 'paraeducator', 'counselor', 'librarian', 'nurse', 'coach', 'principal',
         'central_office', 'other')
KINDS = ('course', 'live_session', 'open_door', 'coaching', 'study', 'mentor', 'external')


def upgrade() -> None:
    _say_more_of_people()
    _make_opportunities()
    _move_alignments()
    _move_activities()
    _open_try_its_to_any_learning()


def _say_more_of_people() -> None:
    with op.batch_alter_table('school') as school:
        school.add_column(sa.Column('contexts', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('school') as school:
        school.alter_column('contexts', server_default=None)
    with op.batch_alter_table('person') as person:
        person.add_column(sa.Column(
            'educator_role', sa.Enum(*ROLES, name='educatorrole', native_enum=False, length=32), nullable=True))
    op.create_table(
        'supervision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('supervisor_id', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=32), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_supervision_person_id_person'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['supervisor_id'], ['person.id'], name=op.f('fk_supervision_supervisor_id_person'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision')),
    )
    op.create_index(op.f('ix_supervision_person_id'), 'supervision', ['person_id'])
    op.create_index(
        op.f('ix_supervision_supervisor_id_supervision_ended_at'), 'supervision', ['supervisor_id', 'ended_at'])


def _make_opportunities() -> None:
    op.create_table(
        'opportunity',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Enum(*KINDS, name='opportunitykind', native_enum=False, length=32), nullable=False),
        sa.Column('title', sa.String(length=255), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('url', sa.String(length=1000), nullable=False),
        sa.Column('provider', sa.String(length=200), nullable=False),
        sa.Column('hours', sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column('starts_at', MOMENT, nullable=True),
        sa.Column('host_id', sa.Integer(), nullable=True),
        sa.Column('school_id', sa.Integer(), nullable=True),
        sa.Column('refreshed_on', sa.Date(), nullable=True),
        sa.Column('retired_on', sa.Date(), nullable=True),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['created_by_id'], ['person.id'], name=op.f('fk_opportunity_created_by_id_person'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(
            ['district_id'], ['district.id'], name=op.f('fk_opportunity_district_id_district'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['host_id'], ['person.id'], name=op.f('fk_opportunity_host_id_person'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(
            ['school_id'], ['school.id'], name=op.f('fk_opportunity_school_id_school'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_opportunity')),
    )
    op.create_index(
        op.f('ix_opportunity_district_id_opportunity_title_opportunity_id'),
        'opportunity', ['district_id', 'title', 'id'])
    op.create_index(op.f('ix_opportunity_host_id'), 'opportunity', ['host_id'])
    op.execute(
        "INSERT INTO opportunity (id, district_id, kind, title, description, url, provider, created_at) "
        "SELECT id, district_id, 'course', title, '', '', '', CURRENT_TIMESTAMP FROM course")
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "SELECT setval(pg_get_serial_sequence('opportunity', 'id'), "
            "(SELECT COALESCE(MAX(id), 0) + 1 FROM opportunity), false)")
        op.execute('ALTER TABLE course ALTER COLUMN id DROP DEFAULT')
        op.execute('DROP SEQUENCE course_id_seq')
    with op.batch_alter_table('course') as course:
        course.create_foreign_key(
            op.f('fk_course_id_opportunity'), 'opportunity', ['id'], ['id'], ondelete='CASCADE')


def _move_alignments() -> None:
    strengths = sa.Enum('introduces', 'develops', 'demonstrates', name='strength', native_enum=False, length=32)
    op.create_table(
        'alignment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=False),
        sa.Column('indicator_id', sa.Integer(), nullable=False),
        sa.Column('strength', strengths, nullable=False),
        sa.Column('grade_bands', sa.JSON(), nullable=False),
        sa.Column('disciplines', sa.JSON(), nullable=False),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('contexts', sa.JSON(), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['created_by_id'], ['person.id'], name=op.f('fk_alignment_created_by_id_person'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(
            ['indicator_id'], ['indicator.id'], name=op.f('fk_alignment_indicator_id_indicator'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['opportunity_id'], ['opportunity.id'], name=op.f('fk_alignment_opportunity_id_opportunity'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment')),
        sa.UniqueConstraint(
            'opportunity_id', 'indicator_id', name=op.f('uq_alignment_opportunity_id_indicator_id')),
    )
    op.create_index(op.f('ix_alignment_indicator_id'), 'alignment', ['indicator_id'])
    op.execute(
        "INSERT INTO alignment (opportunity_id, indicator_id, strength, grade_bands, disciplines, roles, contexts, "
        "created_by_id, created_at) SELECT course_id, indicator_id, strength, "
        "CASE WHEN applies_to_all THEN '[\"all\"]' ELSE grade_bands END, '[]', '[]', '[]', created_by_id, created_at "
        "FROM course_alignment ORDER BY id")
    op.drop_table('course_alignment')


def _move_activities() -> None:
    op.create_table(
        'activity',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('goal_id', sa.Integer(), nullable=True),
        sa.Column('opportunity_id', sa.Integer(), nullable=False),
        sa.Column('completed_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_activity_goal_id_goal'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['opportunity_id'], ['opportunity.id'], name=op.f('fk_activity_opportunity_id_opportunity'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['plan_id'], ['growth_plan.id'], name=op.f('fk_activity_plan_id_growth_plan'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')),
        sa.UniqueConstraint('goal_id', 'opportunity_id', name=op.f('uq_activity_goal_id_opportunity_id')),
    )
    op.create_index(op.f('ix_activity_opportunity_id'), 'activity', ['opportunity_id'])
    op.create_index(op.f('ix_activity_plan_id'), 'activity', ['plan_id'])
    op.execute(
        'INSERT INTO activity (plan_id, goal_id, opportunity_id, completed_at, created_at) '
        'SELECT goal.plan_id, goal_course.goal_id, goal_course.course_id, goal_course.completed_at, '
        'goal_course.created_at FROM goal_course JOIN goal ON goal.id = goal_course.goal_id ORDER BY goal_course.id')
    op.drop_table('goal_course')


def _open_try_its_to_any_learning() -> None:
    with op.batch_alter_table('try_it') as try_it:
        try_it.drop_index(op.f('ix_try_it_course_id'))
        try_it.drop_constraint(op.f('uq_try_it_goal_id_course_id'), type_='unique')
        try_it.drop_constraint(op.f('fk_try_it_course_id_course'), type_='foreignkey')
        try_it.alter_column('course_id', new_column_name='opportunity_id')
    with op.batch_alter_table('try_it') as try_it:
        try_it.create_foreign_key(
            op.f('fk_try_it_opportunity_id_opportunity'), 'opportunity', ['opportunity_id'], ['id'],
            ondelete='SET NULL')
        try_it.create_unique_constraint(op.f('uq_try_it_goal_id_opportunity_id'), ['goal_id', 'opportunity_id'])
        try_it.create_index(op.f('ix_try_it_opportunity_id'), ['opportunity_id'])


def downgrade() -> None:
    raise NotImplementedError('What is learned beside courses has no place in the tables before; restore a backup.')
