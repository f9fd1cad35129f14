"""Let the completions of a district be listed by an index.

Revision 0030.
"""

from __future__ import annotations

from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_completion_district_id_completion_id'), 'completion', ['district_id', 'id'])
    op.drop_index(op.f('ix_completion_district_id'), table_name='completion')


def downgrade() -> None:
    op.create_index(op.f('ix_completion_district_id'), 'completion', ['district_id'])
    op.drop_index(op.f('ix_completion_district_id_completion_id'), table_name='completion')
