"""All that the tool says, as a template for translators: `flask --app wsgi translations template`.

What pages and letters say is marked with gettext. Errors, operations and what is kept for the review speak English, and
are translated where they are shown: their sentences are known by how they look.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import click
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.pofile import write_po
from flask.cli import AppGroup

PACKAGE = Path(__file__).parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
METHODS = [("**.py", f"{__name__}:read_python"), ("**.html", "jinja2.ext:babel_extract")]
SENTENCE = re.compile(r"[A-Z“]\S*\s.*[.?!]", re.DOTALL)

translations_cli = AppGroup("translations", help="The words of pages and letters in other languages.")


@translations_cli.command("template")
def print_template() -> None:
    """Print all that the tool says; `pybabel init` makes the file of a language from it."""
    printed = BytesIO()
    write_po(printed, template(), sort_output=True)
    click.echo(printed.getvalue().decode(), nl=False)


def template() -> Catalog:
    """Return all that the tool says, with where it says it."""
    catalog = Catalog(project="Like Goals", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def read_python(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Yield what a module says: what is marked, whatever is a sentence, and what an error says by default."""
    source = file.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, options)
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
            yield node.lineno, None, (ast.get_docstring(node) or "").partition("\n")[0], []
    for constant in _sentences(tree):
        yield constant.lineno, None, constant.value, []


def _sentences(tree: ast.AST) -> Iterator[ast.Constant]:
    """Return the texts that are sentences, but for what documents the code and parts of a text that is put together."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.fullmatch(node.value):
            yield node
        yield from _sentences(node)
