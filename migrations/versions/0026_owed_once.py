"""Let one score without a place be owed to a person in a course at most.

Revision 0026.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

IS_UNPLACED = sa.text("resource_link_id IS NULL AND line_item_url = ''")
OWED_TWICE = """
    DELETE FROM score WHERE resource_link_id IS NULL AND line_item_url = '' AND id NOT IN (
        SELECT min(id) FROM score WHERE resource_link_id IS NULL AND line_item_url = ''
        GROUP BY course_id, person_id, kind)
"""


def upgrade() -> None:
    op.execute(OWED_TWICE)
    op.create_index(
        'ix_score_unplaced', 'score', ['course_id', 'person_id', 'kind'], unique=True,
        sqlite_where=IS_UNPLACED, postgresql_where=IS_UNPLACED,
    )


def downgrade() -> None:
    op.drop_index('ix_score_unplaced', 'score')
