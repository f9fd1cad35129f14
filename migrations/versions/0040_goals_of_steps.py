"""Keep of which goal a member's step was said: a member can bring another one.

Revision 0040.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('commitment') as commitment:
        commitment.add_column(sa.Column('goal_id', sa.Integer(), nullable=True))
        commitment.create_foreign_key(
            op.f('fk_commitment_goal_id_goal'), 'goal', ['goal_id'], ['id'], ondelete='SET NULL'
        )
        commitment.create_index(op.f('ix_commitment_goal_id'), ['goal_id'])
    op.execute(
        'UPDATE commitment SET goal_id = (SELECT team_member.goal_id FROM team_member '
        'JOIN team_cycle ON team_cycle.team_id = team_member.team_id '
        'WHERE team_cycle.id = commitment.cycle_id AND team_member.person_id = commitment.person_id)'
    )


def downgrade() -> None:
    with op.batch_alter_table('commitment') as commitment:
        commitment.drop_index(op.f('ix_commitment_goal_id'))
        commitment.drop_constraint(op.f('fk_commitment_goal_id_goal'), type_='foreignkey')
        commitment.drop_column('goal_id')
