"""Keep whom designers asked to a team and until when, whatever the answer is.

Revision 0041.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'team_asking',
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('until', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['team_id'], ['team.id'], name=op.f('fk_team_asking_team_id_team'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_team_asking_person_id_person'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('team_id', 'person_id', name=op.f('pk_team_asking')),
    )
    op.create_index(op.f('ix_team_asking_person_id'), 'team_asking', ['person_id'])
    op.execute(
        'INSERT INTO team_asking (team_id, person_id, until) '
        'SELECT team_member.team_id, team_member.person_id, team_member.created_at FROM team_member '
        "JOIN team ON team.id = team_member.team_id WHERE team.state = 'inviting' AND NOT EXISTS "
        '(SELECT 1 FROM team_member AS maker WHERE maker.team_id = team.id AND maker.person_id = team.created_by_id)'
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_team_asking_person_id'), table_name='team_asking')
    op.drop_table('team_asking')
