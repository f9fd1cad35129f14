"""Keep hours of a team's sessions, once for each person and session.

Revision 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('ledger_entry') as entry:
        entry.add_column(sa.Column('session_key', sa.String(length=64), nullable=True))
        entry.create_unique_constraint(op.f('uq_ledger_entry_person_id_session_key'), ['person_id', 'session_key'])
    op.create_index(op.f('ix_ledger_entry_session_key'), 'ledger_entry', ['session_key'])


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot hold hours of sessions; restore a backup.')
