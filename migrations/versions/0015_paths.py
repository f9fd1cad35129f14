"""Keep by which path the completions of a course come in.

Revision 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('course') as course:
        course.add_column(sa.Column('completion_item_url', sa.String(1000), nullable=False, server_default=''))
        course.add_column(sa.Column('completion_item_label', sa.String(255), nullable=False, server_default=''))
        course.add_column(sa.Column('completion_mark', sa.Integer(), nullable=False, server_default='100'))
        course.add_column(
            sa.Column('has_finishing_checkpoint', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table('course') as course:
        for name in ('completion_item_url', 'completion_item_label', 'completion_mark', 'has_finishing_checkpoint'):
            course.alter_column(name, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot keep chosen paths; restore a backup.')
