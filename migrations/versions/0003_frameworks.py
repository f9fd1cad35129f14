"""Let frameworks be imported, changed and retired, and courses be away for a while.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


IMPORT_STATE = _choice('importstate', ('fetching', 'waiting', 'importing', 'done', 'failed', 'cancelled'))
LEVEL = _choice('level', ('domain', 'component', 'indicator'))


def upgrade() -> None:
    _let_standards_be_retired_and_imported()
    _make_imports()
    _say_more_of_opportunities()


def _make_imports() -> None:
    op.create_table(
        'framework_import',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
        sa.Column('framework_id', sa.Integer(), nullable=True),
        sa.Column('state', IMPORT_STATE, nullable=False),
        sa.Column('source', sa.String(length=1000), nullable=False),
        sa.Column('package', sa.LargeBinary(), nullable=True),
        sa.Column('summary', sa.JSON(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('problem', sa.String(length=500), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('finished_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_framework_import_district_id_district'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['framework_id'], ['framework.id'],
            name=op.f('fk_framework_import_framework_id_framework'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'],
            name=op.f('fk_framework_import_uploaded_by_id_person'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_framework_import')),
    )
    op.create_index(op.f('ix_framework_import_created_at'), 'framework_import', ['created_at'])
    op.create_index(op.f('ix_framework_import_district_id'), 'framework_import', ['district_id'])
    op.create_table(
        'framework_import_item',
        sa.Column('import_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('identifier', sa.String(length=64), nullable=False),
        sa.Column('parent', sa.String(length=64), nullable=True),
        sa.Column('level', LEVEL, nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('path', sa.String(length=400), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('statement', sa.Text(), nullable=False),
        sa.Column('grade_bands', sa.JSON(), nullable=False),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('disciplines', sa.JSON(), nullable=False),
        sa.Column('details', sa.JSON(), nullable=False),
        sa.Column('retired_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['import_id'], ['framework_import.id'],
            name=op.f('fk_framework_import_item_import_id_framework_import'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('import_id', 'position', name=op.f('pk_framework_import_item')),
        sa.UniqueConstraint('import_id', 'identifier', name=op.f('uq_framework_import_item_import_id_identifier')),
    )


def _let_standards_be_retired_and_imported() -> None:
    _add_filled(
        'framework', ('adoption_status', sa.String(length=32), ''), ('details', sa.JSON(), '{}'),
        ('size', sa.Integer(), '0'))
    with op.batch_alter_table('framework') as framework:
        framework.add_column(sa.Column('retired_at', MOMENT, nullable=True))
        framework.add_column(sa.Column('updated_at', MOMENT, nullable=True))
    op.execute(
        'UPDATE framework SET updated_at = created_at, '
        'size = (SELECT COUNT(*) FROM indicator WHERE indicator.framework_id = framework.id)')
    with op.batch_alter_table('framework') as framework:
        framework.alter_column('updated_at', existing_type=MOMENT, nullable=False)
    _add_filled(
        'indicator', ('title', sa.Text(), ''), ('grade_bands', sa.JSON(), '[]'), ('roles', sa.JSON(), '[]'),
        ('disciplines', sa.JSON(), '[]'), ('details', sa.JSON(), '{}'))
    with op.batch_alter_table('indicator') as indicator:
        indicator.alter_column('code', existing_type=sa.String(length=32), type_=sa.String(length=64))
        indicator.alter_column('path', existing_type=sa.String(length=200), type_=sa.String(length=400))
        indicator.add_column(sa.Column('retired_at', MOMENT, nullable=True))
        indicator.add_column(sa.Column('replaced_by_id', sa.Integer(), nullable=True))
        indicator.create_index(op.f('ix_indicator_replaced_by_id'), ['replaced_by_id'])
        indicator.create_foreign_key(
            op.f('fk_indicator_replaced_by_id_indicator'), 'indicator', ['replaced_by_id'], ['id'],
            ondelete='SET NULL')
    with op.batch_alter_table('goal_indicator') as kept:
        kept.add_column(sa.Column('kept_at', MOMENT, nullable=True))


def _say_more_of_opportunities() -> None:
    _add_filled('opportunity', ('place', sa.String(length=200), ''))
    with op.batch_alter_table('opportunity') as opportunity:
        opportunity.add_column(sa.Column('unavailable_since', MOMENT, nullable=True))


def _add_filled(table: str, *columns: tuple[str, sa.types.TypeEngine[object], str]) -> None:
    """Add columns that must not be empty to a table that may have rows; each comes with what those rows get."""
    with op.batch_alter_table(table) as changed:
        for name, kind, filled in columns:
            changed.add_column(sa.Column(name, kind, nullable=False, server_default=filled))
    with op.batch_alter_table(table) as changed:
        for name, kind, _ in columns:
            changed.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    raise NotImplementedError('Retired standards have no place in the tables before; restore a backup.')
