"""Keep what somebody changed by hand in a team's LMS group, and what the group was like when it was last read.

Revision 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NEW = (
    sa.Column('lms_seen_ids', sa.JSON(), nullable=False, server_default='[]'),
    sa.Column('lms_group_name', sa.String(length=255), nullable=False, server_default=''),
    sa.Column('lms_compared_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
)


BY_LMS_ID = 'ix_identity_registration_id_identity_lms_user_id'


def upgrade() -> None:
    op.create_index(op.f(BY_LMS_ID), 'identity', ['registration_id', 'lms_user_id'])
    op.create_table(
        'group_difference',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('what', sa.String(length=255), nullable=False),
        sa.Column('noticed_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('left_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['team_id'], ['team.id'], name=op.f('fk_group_difference_team_id_team'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_group_difference')),
        sa.UniqueConstraint('team_id', 'kind', 'what', name=op.f('uq_group_difference_team_id_kind_what')),
    )
    with op.batch_alter_table('team') as team:
        for column in NEW:
            team.add_column(column)
        team.create_index(op.f('ix_team_state_team_lms_compared_at'), ['state', 'lms_compared_at'])
    op.execute("UPDATE team SET lms_seen_ids = lms_member_ids, lms_group_name = name WHERE lms_group_id != ''")
    with op.batch_alter_table('team') as team:
        team.alter_column('lms_seen_ids', existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        team.alter_column('lms_group_name', existing_type=sa.String(255), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('team') as team:
        team.drop_index(op.f('ix_team_state_team_lms_compared_at'))
        for column in reversed(NEW):
            team.drop_column(column.name)
    op.drop_table('group_difference')
    op.drop_index(op.f(BY_LMS_ID), 'identity')
