"""Delete scores without a place that were owed beside one that has it: nobody was ever owed these.

Revision 0036.
"""

from __future__ import annotations

from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

OWED_BESIDE = """
    DELETE FROM score WHERE resource_link_id IS NULL AND line_item_url = '' AND EXISTS (
        SELECT 1 FROM score AS placed
        WHERE placed.course_id = score.course_id AND placed.person_id = score.person_id
        AND placed.kind = score.kind AND placed.resource_link_id IS NOT NULL)
"""


def upgrade() -> None:
    op.execute(OWED_BESIDE)


def downgrade() -> None:
    """Leave them deleted: they stood for nothing."""
