"""Keep for which line item of a link the scores were placed.

Revision 0035.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('resource_link') as link:
        link.add_column(sa.Column('placed_url', sa.String(1000), nullable=False, server_default=''))
    with op.batch_alter_table('resource_link') as link:
        link.alter_column('placed_url', existing_type=sa.String(1000), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('resource_link') as link:
        link.drop_column('placed_url')
