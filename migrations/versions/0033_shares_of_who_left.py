"""Keep when a team had passed something on before somebody left it.

Revision 0033.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('team') as team:
        team.add_column(sa.Column('shared_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot say what was passed on; restore a backup.')
