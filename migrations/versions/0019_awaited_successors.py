"""Remember what is to come after an indicator until its framework is here.

Revision 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('indicator') as indicator:
        indicator.add_column(sa.Column('awaited_successor', sa.String(length=64), nullable=False, server_default=''))
    with op.batch_alter_table('indicator') as indicator:
        indicator.alter_column('awaited_successor', existing_type=sa.String(length=64), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('indicator') as indicator:
        indicator.drop_column('awaited_successor')
