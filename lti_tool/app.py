"""The application: wiring and nothing else."""

from __future__ import annotations

from flask import Flask
from flask_bootstrap import Bootstrap5

from config import Config
from lti_tool import health, jobs
from lti_tool.db import Database
from lti_tool.db_cli import db_cli
from lti_tool.grades import views as grades
from lti_tool.home import views as home
from lti_tool.home.cli import people_cli
from lti_tool.home.translations import translations_cli
from lti_tool.launch import acting, headers, locale
from lti_tool.launch import views as launch
from lti_tool.launch.cli import lti_cli
from lti_tool.plans import views as plans
from lti_tool.standards import views as standards
from lti_tool.standards.cli import standards_cli
from lti_tool.teams import views as teams
from lti_tool.teams.cli import teams_cli


def create_app(config: Config) -> Flask:
    """Return the web application for these settings."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="en",
    )
    database = Database(config.database_url)
    app.extensions.update(settings=config, database=database)
    database.when_committed(jobs.wake_worker)
    jobs.configure(config)
    Bootstrap5(app)
    locale.init_app(app)
    acting.init_app(app)
    headers.init_app(app)
    home.init_app(app)
    _register_blueprints(app)
    for commands in (db_cli, lti_cli, people_cli, standards_cli, teams_cli, translations_cli):
        app.cli.add_command(commands)
    return app


def _register_blueprints(app: Flask) -> None:
    app.register_blueprint(health.bp)
    app.register_blueprint(launch.lti_bp, url_prefix="/lti")
    app.register_blueprint(launch.lms_bp, url_prefix="/lms")
    app.register_blueprint(grades.public_bp, url_prefix="/reminders")
    app.register_blueprint(launch.courses_bp, url_prefix=f"{acting.SESSION_PREFIX}/course")
    app.register_blueprint(launch.deep_linking_bp, url_prefix=f"{acting.SESSION_PREFIX}/links")
    for name, views in {
        "": home,
        "/connections": launch,
        "/standards": standards,
        "/plans": plans,
        "/teams": teams,
        "/sync": grades,
    }.items():
        app.register_blueprint(views.bp, url_prefix=f"{acting.SESSION_PREFIX}{name}")
