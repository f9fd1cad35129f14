"""Keep shared goals of schools and districts, and which goals are a part of one.

Revision 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'shared_goal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('school_id', sa.Integer(), nullable=True),
        sa.Column('headline', sa.String(length=140), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('proposed_by_id', sa.Integer(), nullable=True),
        sa.Column('proposed_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('adopted_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column('retired_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['district_id'], ['district.id'], name=op.f('fk_shared_goal_district_id_district'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['school_id'], ['school.id'], name=op.f('fk_shared_goal_school_id_school'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['proposed_by_id'], ['person.id'], name=op.f('fk_shared_goal_proposed_by_id_person'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shared_goal')),
    )
    op.create_index(
        op.f('ix_shared_goal_district_id_shared_goal_headline_shared_goal_id'), 'shared_goal', ['district_id', 'headline', 'id']
    )
    op.create_index(op.f('ix_shared_goal_school_id'), 'shared_goal', ['school_id'])
    op.create_index(op.f('ix_shared_goal_proposed_by_id'), 'shared_goal', ['proposed_by_id'])
    with op.batch_alter_table('goal') as goal:
        goal.add_column(sa.Column('shared_goal_id', sa.Integer(), nullable=True))
        goal.create_foreign_key(
            op.f('fk_goal_shared_goal_id_shared_goal'), 'shared_goal', ['shared_goal_id'], ['id'], ondelete='SET NULL'
        )
    op.create_index(op.f('ix_goal_shared_goal_id'), 'goal', ['shared_goal_id'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot hold shared goals; restore a backup.')
