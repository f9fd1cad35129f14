"""Keep what the gradebook shows in place of a score, so that somebody can leave it so.

Revision 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('score', sa.Column('shown', sa.String(40), nullable=True))


def downgrade() -> None:
    op.drop_column('score', 'shown')
