"""The way of a framework into a district: looked at first, imported then, in the background where it is large."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import func, select, update

from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSUnavailableError
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.handlers import Delivery, Message
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, Role
from lti_tool.standards.case import write_package
from lti_tool.standards.models import Framework, FrameworkImport, ImportItem, ImportState, Indicator
from lti_tool.standards.operations import forget_old_imports, import_at_once, import_step, package_of
from lti_tool.standards.schemas import LARGEST_FILE
from lti_tool.standards.tasks import fetch_package, import_framework
from tests.conftest import make_person
from tests.standards.packages import as_file, item, link, many_items, read, small_package, upload
from tests.standards.test_tables import OURS


@pytest.fixture
def designer(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "De Signer", Role.DESIGNER)


def count(database, table) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def state_of(database: Database, import_id: int) -> ImportState:
    with database.reading() as db:
        return db.get_one(FrameworkImport, import_id).state


def sent(visitor, content: bytes, name: str = "package.json", **fields: str) -> int:
    """Upload a file, and return the id of the import that waits."""
    answer = visitor.post("/standards/import", **upload(content, name, **fields))
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def large_file() -> bytes:
    return "".join(write_package(many_items(tops=60, each=20), utc_now())).encode()


def delivery_of(app, database, import_id: int, kind: str, attempts: int = 1) -> Delivery:
    message = Message(1, kind, "key", "", 1, {"import_id": import_id}, attempts)
    return Delivery(message, database, app.extensions["settings"])


def test_a_file_is_looked_at_first_and_nothing_is_there_before_it_is_imported(database, sample, designer, visit):
    visitor = visit(sample, designer)
    data = small_package(version="7", licenseURI={"title": "CC BY 4.0", "uri": "https://example.test/by"})
    data["CFItems"].append(item("Lost", fullStatement="A **lost** <script>alert(1)</script> item"))
    data["CFAssociations"].append(link("isChildOf", "Lost", "nowhere"))

    import_id = sent(visitor, as_file(data))
    page = visitor.get(f"/standards/imports/{import_id}").text

    assert count(database, Framework) == 0
    for words in ("Our practice", "CC BY 4.0", "The district", "What A.1.b says", "A <strong>lost</strong> &lt;script"):
        assert words in page
    assert "5 in all. Domains: 1, components: 1, indicators: 3" in page
    assert "Items whose parent is not in the file" in page
    assert visitor.post(f"/standards/imports/{import_id}").status_code == 303
    assert count(database, Indicator) == 5
    done = visitor.get(f"/standards/imports/{import_id}").text
    assert "Done" in done
    assert "See the framework" in done
    assert visitor.post(f"/standards/imports/{import_id}").status_code == 409
    assert (count(database, Framework), count(database, ImportItem)) == (1, 0)


def test_a_table_is_imported_under_its_title_and_brought_up_to_date_by_it(database, sample, designer, visit):
    visitor = visit(sample, designer)

    first = sent(visitor, OURS.encode(), "sheet.csv", title="Our practice")
    visitor.post(f"/standards/imports/{first}")
    again = sent(visitor, OURS.replace("Asks questions", "Asks more").encode(), "sheet.csv", title="Our practice")
    page = visitor.get(f"/standards/imports/{again}").text
    visitor.post(f"/standards/imports/{again}")

    assert "<del>Asks questions</del>" in page
    assert "<ins>Asks more</ins>" in page
    assert (count(database, Framework), count(database, Indicator)) == (1, 3)


def test_a_table_comes_in_with_a_licence_that_its_framework_can_change(database, sample, designer, visit):
    visitor = visit(sample, designer)
    import_id = sent(visitor, OURS.encode(), "ours.csv", licence="CC BY 4.0", attribution="The district")
    shown = visitor.get(f"/standards/imports/{import_id}").text
    visitor.post(f"/standards/imports/{import_id}")
    with database.reading() as db:
        page = f"/standards/frameworks/{db.scalars(select(Framework.id)).one()}"
    before = visitor.get(page).text
    changed = visitor.post(f"{page}/licence", data={"licence": "CC0 1.0", "attribution": "Our teachers"})
    refused = visitor.post(f"{page}/licence", data={"licence": "x" * 301})
    after = visitor.get(page).text

    assert all(words in shown and words in before for words in ("CC BY 4.0", "The district"))
    assert (changed.status_code, refused.status_code) == (303, 422)
    assert "A licence has 300 characters at most" in refused.text
    assert "CC0 1.0" in after
    assert "Our teachers" in after
    assert "CC BY 4.0" not in after


def test_what_is_discarded_leaves_nothing(database, sample, designer, visit):
    visitor = visit(sample, designer)
    import_id = sent(visitor, as_file(small_package()))

    assert visitor.post(f"/standards/imports/{import_id}/cancel").status_code == 303
    assert "cancelled" in visitor.get(f"/standards/imports/{import_id}").text
    assert visitor.post(f"/standards/imports/{import_id}/cancel").status_code == 409
    assert visitor.post(f"/standards/imports/{import_id}").status_code == 409
    assert count(database, Framework) == 0
    with database.reading() as db:
        batch = db.get_one(FrameworkImport, import_id)
        assert (batch.state, batch.package) == (ImportState.CANCELLED, None)


@pytest.mark.parametrize("content", [b"", b"not json", b'{"a":' * 2000])
def test_a_file_that_is_no_package_is_refused_on_the_page(database, sample, designer, visit, content):
    answer = visit(sample, designer).post("/standards/import", **upload(content))

    assert answer.status_code == 422
    assert "not a CASE package" in answer.text or "too many lists within each other" in answer.text
    assert count(database, FrameworkImport) == 0


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "https://", "//[", "javascript:alert(1)", "https://x/" * 150]
)
def test_what_is_no_address_is_refused(database, sample, designer, visit, address):
    answer = visit(sample, designer).post("/standards/import", data={"address": address})

    assert answer.status_code == 422
    assert "no address of a package" in answer.text


def test_neither_a_file_nor_an_address_is_refused(sample, designer, visit):
    answer = visit(sample, designer).post("/standards/import", data={})

    assert answer.status_code == 422
    assert "Choose a file, or enter the address" in answer.text


def test_a_file_of_many_megabytes_is_taken_here_and_nowhere_else(app, database, sample, designer, visit):
    visitor = visit(sample, designer)
    three = as_file(small_package(description="x" * 3_000_000))

    assert sent(visitor, three)
    assert visitor.post("/standards/samples", **upload(three)).status_code == 413
    too_large = visitor.post("/standards/import", environ_overrides={"CONTENT_LENGTH": str(LARGEST_FILE + 1)})
    assert too_large.status_code == 422
    assert "larger than 64 MB" in too_large.text


def test_a_large_framework_is_imported_by_the_worker_with_progress(app, database, sample, designer, visit):
    visitor = visit(sample, designer)
    import_id = sent(visitor, large_file())

    visitor.post(f"/standards/imports/{import_id}")
    page = visitor.get(f"/standards/imports/{import_id}").text
    assert '<progress id="done" max="1260" value="0">' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert visitor.get(f"/standards/imports/{import_id}/progress.json").json == {
        "state": "importing", "done": 0, "total": 1260,
    }  # fmt: skip
    assert "is being imported" in visitor.get("/standards/").text

    assert deliver_due(database, app.extensions["settings"]) == 1
    assert "Done" in visitor.get(f"/standards/imports/{import_id}").text
    assert (count(database, Indicator), count(database, ImportItem)) == (1260, 0)
    with database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "framework_installed")).one()
        assert (event.actor_id, event.detail["added"]) == (designer.id, 1260)


def importing(database, sample, designer, visit) -> int:
    """Return the id of a large import of which a worker did the first part and then died."""
    visitor = visit(sample, designer)
    import_id = sent(visitor, large_file())
    visitor.post(f"/standards/imports/{import_id}")
    with database.transaction() as db:
        package = package_of(db, import_id)
    assert package is not None
    with database.transaction() as db:
        assert import_step(db, import_id, package)
    return import_id


def test_nothing_of_an_import_under_way_is_to_be_seen_and_the_next_worker_goes_on(
    app, database, sample, designer, visit
):
    import_id = importing(database, sample, designer, visit)
    visitor = visit(sample, designer)

    assert visitor.get(f"/standards/imports/{import_id}/progress.json").json["done"] == 500
    assert (count(database, ImportItem), count(database, Indicator), count(database, Framework)) == (500, 0, 0)
    assert deliver_due(database, app.extensions["settings"]) == 1
    assert count(database, Indicator) == 1260
    import_framework(delivery_of(app, database, import_id, "framework.import"))  # the message may come again
    assert (count(database, Indicator), count(database, Framework)) == (1260, 1)


def test_an_import_is_cancelled_while_it_runs_and_leaves_nothing(app, database, sample, designer, visit):
    import_id = importing(database, sample, designer, visit)

    assert visit(sample, designer).post(f"/standards/imports/{import_id}/cancel").status_code == 303
    deliver_due(database, app.extensions["settings"])

    assert state_of(database, import_id) is ImportState.CANCELLED
    assert (count(database, ImportItem), count(database, Indicator), count(database, Framework)) == (0, 0, 0)


def test_an_import_that_fails_again_and_again_ends_with_words(app, database, sample, designer, visit):
    import_id = importing(database, sample, designer, visit)

    import_framework(delivery_of(app, database, import_id, "framework.import", attempts=4))

    page = visit(sample, designer).get(f"/standards/imports/{import_id}").text
    assert "Nothing was changed." in page
    assert (count(database, ImportItem), count(database, Framework)) == (0, 0)


def test_two_imports_of_the_same_framework_make_one(app, database, sample, designer, visit):
    import_id = importing(database, sample, designer, visit)
    with database.transaction() as db:
        import_at_once(db, sample.district.id, many_items(tops=60, each=20))

    deliver_due(database, app.extensions["settings"])

    assert state_of(database, import_id) is ImportState.DONE
    assert (count(database, Framework), count(database, Indicator)) == (1, 1260)


def test_what_was_only_looked_at_is_forgotten_after_a_day_and_what_was_imported_stays(
    database, sample, designer, visit
):
    visitor = visit(sample, designer)
    visitor.post(f"/standards/imports/{sent(visitor, as_file(small_package()))}")
    sent(visitor, as_file(small_package(title="Not wanted", identifier="other")))
    with database.transaction() as db:
        assert forget_old_imports(db) == 0
        db.execute(update(FrameworkImport).values(created_at=utc_now() - timedelta(hours=25)))
        assert forget_old_imports(db) == 2

    assert (count(database, FrameworkImport), count(database, Framework)) == (0, 1)


def test_an_import_of_another_district_or_of_a_mere_course_designer_is_out_of_reach(database, sample, designer, visit):
    import_id = sent(visit(sample, designer), as_file(small_package()))
    with database.transaction() as db:
        person = make_person(db, sample, "Cora Teach", learner=False)
    visitor = visit(sample, person, is_course_designer=True)

    assert visitor.get(f"/standards/imports/{import_id}").status_code == 403
    assert visitor.post(f"/standards/imports/{import_id}").status_code == 403
    assert state_of(database, import_id) is ImportState.WAITING


class CaseServer(BaseHTTPRequestHandler):
    """Answers as a CASE server does."""

    answers: dict[str, tuple[int, bytes]] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        status, body = self.answers.get(self.path, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def case_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), CaseServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(visitor, address: str) -> int:
    answer = visitor.post("/standards/import", data={"address": address})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def test_a_package_is_fetched_from_its_address_by_the_worker(app, database, sample, designer, visit, case_server):
    CaseServer.answers = {"/ims/case/v1p1/CFPackages/1": (200, as_file({"CFPackage": small_package()}))}
    visitor = visit(sample, designer)

    import_id = asked(visitor, f"{case_server}/ims/case/v1p1/CFDocuments/1")
    assert "is being fetched" in visitor.get(f"/standards/imports/{import_id}").text
    deliver_due(database, app.extensions["settings"])

    assert "What A.1.b says" in visitor.get(f"/standards/imports/{import_id}").text
    visitor.post(f"/standards/imports/{import_id}")
    assert count(database, Indicator) == 4


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, b"<html>"), "What is at this address cannot be imported. This file is not a CASE package."),
        ((401, b"{}"), "The server asks for a login."),
        ((302, b""), "to another address"),
        ((404, b"{}"), "(404)"),
        ((200, as_file(small_package(version="HERE")).replace(b'"HERE"', b"9" * 5000)), "cannot be imported"),
    ],
)
def test_an_address_without_a_package_says_what_is_wrong(  # noqa: PLR0917 - the fixtures of a whole way
    app, database, sample, designer, visit, case_server, answer, said
):
    CaseServer.answers = {"/p": answer}
    visitor = visit(sample, designer)

    import_id = asked(visitor, f"{case_server}/p")
    deliver_due(database, app.extensions["settings"])

    page = visitor.get(f"/standards/imports/{import_id}").text
    assert said in page
    assert "Nothing was changed." in page
    assert state_of(database, import_id) is ImportState.FAILED


def test_an_address_of_the_operators_own_network_is_not_called(app, database, sample, designer, visit):
    visitor = visit(sample, designer)

    import_id = asked(visitor, "https://10.0.0.1/ims/case/v1p0/CFPackages/1")
    deliver_due(database, app.extensions["settings"])

    assert "10.0.0.1 is an address of a private network." in visitor.get(f"/standards/imports/{import_id}").text


def test_a_server_that_does_not_answer_is_tried_three_times(app, database, sample, designer, visit):
    visitor = visit(sample, designer)
    import_id = asked(visitor, "http://127.0.0.1:1/p")

    for attempts in (1, 2):
        with pytest.raises(LMSUnavailableError):
            fetch_package(delivery_of(app, database, import_id, "framework.fetch", attempts))
        assert "It is tried again by itself." in visitor.get(f"/standards/imports/{import_id}").text
    fetch_package(delivery_of(app, database, import_id, "framework.fetch", attempts=3))

    assert "The server does not answer." in visitor.get(f"/standards/imports/{import_id}").text
    assert state_of(database, import_id) is ImportState.FAILED
    assert count(database, OutboxMessage) == 1


def test_a_package_that_fails_again_and_again_is_not_being_fetched_for_ever(app, database, sample, designer, visit):
    visitor = visit(sample, designer)
    import_id = asked(visitor, "http://127.0.0.1:1/p")

    fetch_package(delivery_of(app, database, import_id, "framework.fetch", attempts=4))

    assert "a fault of this tool" in visitor.get(f"/standards/imports/{import_id}").text
    assert state_of(database, import_id) is ImportState.FAILED


def test_what_is_fetched_after_it_was_cancelled_is_let_be(app, database, sample, designer, visit, case_server):
    CaseServer.answers = {"/p": (200, as_file(small_package()))}
    visitor = visit(sample, designer)
    import_id = asked(visitor, f"{case_server}/p")
    visitor.post(f"/standards/imports/{import_id}/cancel")

    deliver_due(database, app.extensions["settings"])

    assert state_of(database, import_id) is ImportState.CANCELLED


def test_an_import_reads_what_was_uploaded_as_it_was(database, sample, designer, visit):
    import_id = sent(visit(sample, designer), as_file(small_package()))
    with database.transaction() as db:
        db.execute(update(FrameworkImport).values(state=ImportState.IMPORTING))
        assert package_of(db, import_id) == read(small_package())
