"""Keep when rosters were read, and who had themselves erased.

Revision 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('course') as course:
        course.add_column(sa.Column('roster_read_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
        course.add_column(sa.Column('roster_asked_at', lti_tool.db.UtcDateTime(timezone=True), nullable=True))
        course.add_column(sa.Column('roster_note', sa.String(300), nullable=False, server_default=''))
        course.add_column(sa.Column('roster_lacks', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('course') as course:
        course.alter_column('roster_lacks', existing_type=sa.Integer(), server_default=None)
        course.alter_column('roster_note', existing_type=sa.String(300), server_default=None)
    op.create_table(
        'erased_identity',
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('sub_hash', sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ['registration_id'], ['registration.id'], name=op.f('fk_erased_identity_registration_id_registration'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('registration_id', 'sub_hash', name=op.f('pk_erased_identity')),
    )


def downgrade() -> None:
    raise NotImplementedError('The tables before cannot keep who had themselves erased; restore a backup.')
