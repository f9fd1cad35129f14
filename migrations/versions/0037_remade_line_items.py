"""Keep when the tool made a line item of its own again.

Revision 0037.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('resource_link') as link:
        link.add_column(sa.Column('remade_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('resource_link') as link:
        link.drop_column('remade_at')
