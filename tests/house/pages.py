"""What every page of the tool keeps to, read strictly from its HTML."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FIELDS = {"input", "select", "textarea"}
BLOCKS = {"form", "div", "ul", "ol", "dl", "table", "section", "details", "p", "h1", "h2", "h3", "h4"}
"""What ends a paragraph that it stands in: the rest of that paragraph falls out of it."""
UNLABELLED = {"hidden", "submit", "button"}
TYPED_OVER = {"version", "shown", "seen"}
"""Hidden fields that say what a form showed: words that a browser keeps by itself are of another page than these."""
BANNED_WORDS = [
    "leaderboard", "ranking", "top-quartile", "percentile", "quartile", "top performer", "badge", "streak", "rated",
    "points", "lorem", "undefined", "traceback",
]  # fmt: skip


class PageReader(HTMLParser):
    """Reads a page and notes each rule that it breaks."""

    def __init__(self, nonce: str = "") -> None:
        super().__init__()
        self.nonce = nonce
        self.problems: list[str] = []
        self.open_tags: list[str] = []
        self.ids: list[str] = []
        self.label_targets: set[str] = set()
        self.form: dict[str, str] = {}
        self.names: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.counts: dict[str, int] = {}
        self.language = ""
        self.text: list[str] = []
        self.title = ""
        self.described: set[str] = set()
        self.jumps: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in BLOCKS and "p" in self.open_tags:
            self.problems.append(f"<{tag}> stands inside a paragraph")
        if tag not in VOID:
            self.open_tags.append(tag)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if len(found) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.jumps.add(found["href"][1:])
        self.described.update(found.get("aria-describedby", "").split() + found.get("aria-labelledby", "").split())
        self._check_policy(tag, found)
        self._note_form(tag, found)
        if tag == "html":
            self.language = found.get("lang", "")

    def _check_policy(self, tag: str, found: dict[str, str]) -> None:
        if "style" in found or tag == "style":
            self.problems.append(f"<{tag}> has an inline style")
        if any(name.startswith("on") for name in found):
            self.problems.append(f"<{tag}> has an inline handler")
        if tag == "script" and not found.get("src", "").startswith("/") and found.get("nonce") != (self.nonce or None):
            self.problems.append("a script is neither ours nor carries the nonce")
        if tag in {"script", "link", "img"}:
            address = found.get("src") or found.get("href") or ""
            if address.startswith(("http:", "https:", "//")):
                self.problems.append(f"<{tag}> loads from elsewhere: {address}")
        if found.get("href", "").startswith("#") and "." in found["href"]:
            self.problems.append(f"a link to an endpoint that is not there: {found['href']}")

    def _note_form(self, tag: str, found: dict[str, str]) -> None:
        if tag == "form" and not found.get("action"):
            self.problems.append("a form without an action")
        if tag == "form":
            self.form, self.names = found, set()
        if tag in FIELDS and "form" in self.open_tags:
            self.names.add(found.get("name", "") if found.get("type") in UNLABELLED else "typed")
        if tag == "label":
            self.label_targets.add(found.get("for", ""))
        if tag in FIELDS and found.get("type") not in UNLABELLED and "label" not in self.open_tags:
            self.fields.append(found)
        if tag == "img" and "alt" not in found:
            self.problems.append("an image without alt")
        if tag == "th" and "scope" not in found:
            self.problems.append("a header cell without scope")

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags[-1] != tag:
            self.problems.append(f"</{tag}> closes <{self.open_tags[-1] if self.open_tags else 'nothing'}>")
            return
        self.open_tags.pop()
        if (
            tag == "form"
            and "typed" in self.names
            and self.names & TYPED_OVER
            and self.form.get("autocomplete") != "off"
        ):
            self.problems.append(f"the form to {self.form.get('action')} lets the browser put words back by itself")

    def handle_data(self, data: str) -> None:
        if self.open_tags and self.open_tags[-1] == "title" and "svg" not in self.open_tags:
            self.title += data
        self.text.append(data)

    def finished(self) -> list[str]:
        """Return every broken rule, in words."""
        unlabelled = [
            each.get("name", "?")
            for each in self.fields
            if not (each.get("aria-label") or each.get("aria-labelledby") or each.get("id") in self.label_targets)
        ]
        words = " ".join(self.text).lower()
        checks = {
            "the page has one h1": self.counts.get("h1") == 1,
            "the page says its language": bool(self.language) and "_" not in self.language,
            "the page has a title": bool(self.title.split("·")[0].strip()),
            "ids are used once": len(self.ids) == len(set(self.ids)),
            "what is described is there": self.described <= set(self.ids),
            f"links within the page lead somewhere: {self.jumps - set(self.ids)}": self.jumps <= set(self.ids),
            f"fields have labels: {unlabelled}": not unlabelled,
            f"tags are closed: {self.open_tags}": not self.open_tags,
            f"words: {[word for word in BANNED_WORDS if word in words]}": not any(w in words for w in BANNED_WORDS),
        }
        return self.problems + [rule for rule, kept in checks.items() if not kept]


def broken_rules(html: str, nonce: str = "") -> list[str]:
    """Return each rule that a page breaks."""
    reader = PageReader(nonce)
    reader.feed(html)
    reader.close()
    return reader.finished()
