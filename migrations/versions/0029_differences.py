"""Keep results of which the tool knows nothing, and since when a gradebook tells nothing any more.

Revision 0029.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('course') as course:
        course.add_column(sa.Column('gradebook_closed_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        'stray_result',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('shown', sa.String(40), nullable=False),
        sa.Column('noticed_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('left_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['district_id'], ['district.id'], name=op.f('fk_stray_result_district_id_district'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['course_id'], ['course.id'], name=op.f('fk_stray_result_course_id_course'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_stray_result_person_id_person'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stray_result')),
        sa.UniqueConstraint('course_id', 'person_id', name=op.f('uq_stray_result_course_id_person_id')),
    )
    op.create_index(
        op.f('ix_stray_result_district_id_stray_result_left_at_stray_result_id'), 'stray_result',
        ['district_id', 'left_at', 'id'],
    )
    op.create_index(op.f('ix_stray_result_person_id'), 'stray_result', ['person_id'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot keep unknown results; restore a backup.')
