"""Keep the line items that the tool found or made for links.

Revision 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('resource_link') as link:
        link.add_column(sa.Column('own_line_item_url', sa.String(1000), nullable=False, server_default=''))
    with op.batch_alter_table('resource_link') as link:
        link.alter_column('own_line_item_url', existing_type=sa.String(1000), server_default=None)


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot keep line items of the tool; restore a backup.')
