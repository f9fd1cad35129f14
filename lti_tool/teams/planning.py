"""Planning by file: people in, teams out, in the JSON that `teams simulate` reads and prints. No database is touched.

Only commands import this: it loads the matcher.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from lti_tool.errors import InvalidInputError
from lti_tool.teams.matching.explaining import explain
from lti_tool.teams.matching.matcher import match
from lti_tool.teams.matching.request import Options, Person, Request, Weights
from lti_tool.teams.matching.sentences import of_alone, of_team

NAME = fields.String(required=True, validate=validate.Length(min=1))


class EntrySchema(Schema):
    """An entry; one that is not known is a mistake."""

    class Meta:
        """Refuse what would be ignored."""

        unknown = RAISE


class WeightsSchema(EntrySchema):
    """How much each part counts."""

    standards = fields.Float()
    text = fields.Float()
    grade_band = fields.Float()
    discipline = fields.Float()
    school = fields.Float()
    expertise = fields.Float()


class OptionsSchema(EntrySchema):
    """What may be chosen; the rest is as by default."""

    minimum = fields.Integer(strict=True)
    maximum = fields.Integer(strict=True)
    target = fields.Integer(strict=True)
    seed = fields.Integer(strict=True)
    move_price = fields.Float()
    floor = fields.Float()
    levels = fields.List(fields.Float(), validate=validate.Length(min=1))
    weights = fields.Nested(WeightsSchema)


class PersonSchema(EntrySchema):
    """Somebody to be placed."""

    id = NAME
    indicators = fields.List(fields.String(), required=True)
    text = fields.String()
    grade_band = fields.String()
    discipline = fields.String()
    school = fields.String()
    achieved = fields.List(fields.String())


class RequestSchema(EntrySchema):
    """The whole file."""

    options = fields.Nested(OptionsSchema)
    people = fields.List(fields.Nested(PersonSchema), required=True)
    together = fields.List(fields.List(fields.String()))
    apart = fields.List(fields.List(fields.String()))
    locked = fields.Dict(keys=fields.String(), values=NAME)
    previous = fields.Dict(keys=NAME, values=fields.List(fields.String()))


def read_request(path: Path) -> Request:
    """Return what a file asks; raise `InvalidInputError` with the entry that is wrong."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_entry)
        json.dumps(written, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{path} holds half of a character (a surrogate without the other).") from error
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path} is no JSON: {error}.") from error
    try:
        return _request(RequestSchema().load(written))
    except ValidationError as error:
        raise InvalidInputError(next(_sentences(error.messages, written))) from error


def _entry(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an entry of a file; of a key that it has twice a reader of JSON keeps the last, and says nothing."""
    entry: dict[str, Any] = {}
    for key, value in pairs:
        if key in entry:
            printable = key.encode(errors="backslashreplace").decode()
            raise InvalidInputError(f"The key {printable} stands twice in one entry.")
        entry[key] = value
    return entry


def _sentences(messages: Any, written: Any, place: str = "") -> Iterator[str]:
    """Yield each complaint with the entry that it is about."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            inside = written[key] if _has(written, key) else None
            name = f"[{_named(inside, key)}]" if isinstance(key, int) else f".{key}" if place else str(key)
            yield from _sentences(below, inside, place if key == "_schema" else f"{place}{name}")
    else:
        yield f"{place or 'The file'}: {messages[0] if isinstance(messages, list) else messages}"


def _has(written: Any, key: Any) -> bool:
    return key in written if isinstance(written, dict) else isinstance(key, int) and isinstance(written, list)


def _named(entry: Any, number: int) -> str:
    """Return the id of an entry that has one, or else its number."""
    name = entry.get("id") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and name else str(number)


def _request(values: dict[str, Any]) -> Request:
    options = values.get("options", {})
    chosen: dict[str, Any] = {name: _fixed(value) for name, value in options.items() if name != "weights"}
    people = [{name: _fixed(value) for name, value in person.items()} for person in values["people"]]
    return Request(
        people=tuple(Person(**person) for person in people),
        options=Options(**chosen, weights=Weights(**options.get("weights", {}))),
        together=tuple(map(tuple, values.get("together", ()))),
        apart=tuple(map(tuple, values.get("apart", ()))),
        locked=values.get("locked", {}),
        previous={team: tuple(own) for team, own in values.get("previous", {}).items()},
    )


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def simulate(request: Request) -> dict[str, Any]:
    """Return the teams with their reasons, as they are printed."""
    began = time.perf_counter()
    answer = match(request)
    seconds = time.perf_counter() - began
    teams, nearest = explain(request, answer)
    return {
        "teams": [{"id": t.id, "members": list(t.members), "reasons": of_team(teams[t.id])} for t in answer.teams],
        "alone": [
            {"id": each.id, "reason": of_alone(each, nearest.get(each.id), request.options, len(request.people))}
            for each in answer.alone
        ],
        "objective": answer.objective,
        "moved": answer.moved,
        "seconds": round(seconds, 3),
        "text_model": answer.text_model,
    }
