"""Keep when a team ended, and to whom that is told.

Revision 0042. Of a team that has ended before, the moment of the upgrade is the best that can be said.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)
TEAM = sa.table('team', sa.column('state', sa.String()), sa.column('ended_at', MOMENT))


def upgrade() -> None:
    with op.batch_alter_table('team') as team:
        team.add_column(sa.Column('ended_at', MOMENT, nullable=True))
    op.execute(TEAM.update().where(TEAM.c.state == 'dissolved').values(ended_at=datetime.now(UTC)))
    op.create_table(
        'team_ending',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('team_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('ended_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_team_ending_person_id_person'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['team_id'], ['team.id'], name=op.f('fk_team_ending_team_id_team'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_team_ending')),
    )
    op.create_index(op.f('ix_team_ending_person_id_team_ending_ended_at'), 'team_ending', ['person_id', 'ended_at'])
    op.create_index(op.f('ix_team_ending_team_id'), 'team_ending', ['team_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_team_ending_team_id'), table_name='team_ending')
    op.drop_index(op.f('ix_team_ending_person_id_team_ending_ended_at'), table_name='team_ending')
    op.drop_table('team_ending')
    with op.batch_alter_table('team') as team:
        team.drop_column('ended_at')
