"""Keep what a team chooses to learn from together.

Revision 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'team_learning',
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=False),
        sa.Column('added_at', lti_tool.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['team_id'], ['team.id'], name=op.f('fk_team_learning_team_id_team'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['opportunity_id'], ['opportunity.id'], name=op.f('fk_team_learning_opportunity_id_opportunity'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('team_id', 'opportunity_id', name=op.f('pk_team_learning')),
    )
    op.create_index(op.f('ix_team_learning_opportunity_id'), 'team_learning', ['opportunity_id'])


def downgrade() -> None:
    op.drop_table('team_learning')
