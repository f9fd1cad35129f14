"""Keep for which scopes Canvas was connected: a consent may lack what the tool needs by now.

Revision 0046.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('rest_access', sa.Column('scopes', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('rest_access', 'scopes')
