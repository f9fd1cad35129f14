"""Keep with what learning a goal was announced as met.

Revision 0032.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('activity') as activity:
        activity.add_column(sa.Column('announced_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE activity SET announced_at = (SELECT goal.announced_at FROM goal WHERE goal.id = activity.goal_id '
        'AND activity.created_at <= goal.announced_at)'
    )


def downgrade() -> None:
    with op.batch_alter_table('activity') as activity:
        activity.drop_column('announced_at')
