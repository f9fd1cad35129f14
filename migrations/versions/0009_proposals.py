"""Propose teams of a school and the district too, keep what designers want, let people pause.

Revision 0009.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import lti_tool.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

MOMENT = lti_tool.db.UtcDateTime(timezone=True)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


SCOPE = _choice('teamscope', 'course', 'school', 'district')
WISH = _choice('wishkind', 'together', 'apart')


def upgrade() -> None:
    _change_teams()
    op.create_table(
        'matching_pause',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_matching_pause_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_matching_pause')),
    )
    _make_scoped(
        'proposal_run',
        sa.Column('message_id', sa.Integer(), nullable=True),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.UniqueConstraint('message_id', name=op.f('uq_proposal_run_message_id')),
    )
    _make_names('left_alone', 'run_id', 'proposal_run')
    _note_runs_of_before()
    _make_scoped(
        'team_wish', sa.Column('kind', WISH, nullable=False), sa.Column('created_at', MOMENT, nullable=False)
    )
    _make_names('wished_person', 'wish_id', 'team_wish')


def _change_teams() -> None:
    """Call every team that there is one of its course; by that course it was found."""
    with op.batch_alter_table('team') as batch_op:
        batch_op.add_column(sa.Column('scope', SCOPE, nullable=False, server_default='course'))
        batch_op.add_column(sa.Column('school_id', sa.Integer(), nullable=True))
        batch_op.alter_column('course_id', existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f('fk_team_school_id_school'), 'school', ['school_id'], ['id'], ondelete='SET NULL')
        batch_op.create_index(batch_op.f('ix_team_school_id'), ['school_id'])
    with op.batch_alter_table('team') as batch_op:
        batch_op.alter_column('scope', existing_type=SCOPE, existing_nullable=False, server_default=None)
    with op.batch_alter_table('team_member') as batch_op:
        batch_op.add_column(sa.Column('is_locked', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('team_member') as batch_op:
        batch_op.alter_column('is_locked', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def _note_runs_of_before() -> None:
    """Note that teams were proposed before: who said no to one shows nowhere until they are proposed again."""
    now = datetime.now(UTC)
    op.get_bind().execute(
        sa.text(
            "INSERT INTO proposal_run (district_id, scope, course_id, made_at) "
            "SELECT DISTINCT district_id, 'course', course_id, :now FROM team WHERE state <> 'dissolved'"
        ).bindparams(sa.bindparam('now', now, type_=MOMENT))
    )


def _make_scoped(name: str, *columns: sa.Column[object] | sa.UniqueConstraint) -> None:
    """Make a table of what belongs to a course, a school or the district."""
    op.create_table(
        name,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('district_id', sa.Integer(), nullable=False),
        sa.Column('scope', SCOPE, nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=True),
        sa.Column('school_id', sa.Integer(), nullable=True),
        *columns,
        *(
            sa.ForeignKeyConstraint([f'{other}_id'], [f'{other}.id'], name=op.f(f'fk_{name}_{other}_id_{other}'),
                ondelete='CASCADE')
            for other in ('district', 'course', 'school')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}')),
    )
    op.create_index(op.f(f'ix_{name}_course_id'), name, ['course_id'])
    op.create_index(op.f(f'ix_{name}_school_id'), name, ['school_id'])
    op.create_index(op.f(f'ix_{name}_district_id_{name}_scope_{name}_id'), name, ['district_id', 'scope', 'id'])


def _make_names(name: str, column: str, table: str) -> None:
    """Make a table of the people whom a row of another one names."""
    op.create_table(
        name,
        sa.Column(column, sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([column], [f'{table}.id'], name=op.f(f'fk_{name}_{column}_{table}'),
            ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f(f'fk_{name}_person_id_person'),
            ondelete='CASCADE'),
        sa.PrimaryKeyConstraint(column, 'person_id', name=op.f(f'pk_{name}')),
    )
    op.create_index(op.f(f'ix_{name}_person_id'), name, ['person_id'])


def downgrade() -> None:
    raise NotImplementedError('A team without a course has no place in the tables before; restore a backup.')
