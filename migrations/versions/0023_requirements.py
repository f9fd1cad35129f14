"""Keep whether courses require the tool's own link.

Revision 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('course') as course:
        course.add_column(sa.Column('requirements_checked_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
        course.add_column(sa.Column('requires_own_link', sa.Boolean(), nullable=False, server_default=sa.false()))
        course.add_column(sa.Column('is_hub', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('course') as course:
        for name in ('requires_own_link', 'is_hub'):
            course.alter_column(name, existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot say which courses wait for themselves; restore a backup.')
