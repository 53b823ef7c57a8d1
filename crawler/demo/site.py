"""What the demo site answers: a request in, a response out, no sockets."""

import gzip
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import RLock
from urllib.parse import parse_qs, quote, urlsplit

from crawler.demo import media
from crawler.demo.content import CHINA_TIME, DemoArticle, Entry, SiteTexts, Trap, reading
from crawler.demo.markup import UPLOADS
from crawler.demo.pages import ListView, Renderer, Row, Surroundings, static, template

_HTML = "text/html; charset=utf-8"
_SMALL = 1024
_STATIC = {
    "/templates/style.css": ("style.css", "text/css"),
    "/base/js/base.js": ("base.js", "application/x-javascript"),
    "/news/js/newscontent.js": ("newscontent.js", "application/x-javascript"),
}


@dataclass
class Reply:
    """A response before it is put on the wire."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", _HTML)])
    chunked: bool = False


class Site:
    """The CMS behind the demo: its entries, their state, and the answers to requests."""

    def __init__(
        self,
        texts: SiteTexts,
        entries: Iterable[Entry],
        *,
        removed: Iterable[int] = (),
        edited: Mapping[int, str] | None = None,
        robots: str | None = None,
        traps: bool = True,
    ) -> None:
        self.base = ""
        """Address of the site without a slash at its end; known once the server listens."""
        self.outside = ""
        """Address of the other site that external rows lead to."""
        self._texts = texts
        self._renderer = Renderer(texts)
        self._robots = texts.robots.lstrip() if robots is None else robots
        self._traps = {trap.id: trap for trap in texts.traps} if traps else {}
        self._entries = {entry.id: entry for entry in entries}
        self._removed = set(removed)
        self._edits: Counter[int] = Counter()
        self._views: Counter[int] = Counter()
        self._lock = RLock()
        for number, text in (edited or {}).items():
            self.edit(number, text)

    def edit(self, number: int, body: str) -> None:
        """Replace the text of an article; its Last-Modified and ETag change."""
        with self._lock:
            self._entries[number] = self._entries[number].model_copy(update={"body": body})
            self._edits[number] += 1

    def remove(self, number: int) -> None:
        """Take an article off the lists; its address answers the soft 404 from now on."""
        with self._lock:
            self._removed.add(number)

    def publish(self, entry: Entry) -> None:
        """Add an article, or put a removed one back."""
        with self._lock:
            self._entries[entry.id] = entry
            self._removed.discard(entry.id)

    def articles(self) -> list[DemoArticle]:
        """The truth about every article now to be found, newest first."""
        with self._lock:
            return [self._truth(entry) for entry in self._live()]

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request. Header names of `headers` are in lower case."""
        with self._lock:
            reply = self._route(method, target, headers, body)
        is_text = len(reply.body) > _SMALL and dict(reply.headers)["Content-Type"].startswith("text/")
        if is_text and "gzip" in headers.get("accept-encoding", ""):
            reply.body = gzip.compress(reply.body, 6, mtime=0)
            reply.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return reply

    def _route(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(target)
        path, query = parts.path, parts.query
        if method == "POST":
            form = _first_values(body.decode("utf-8", "replace"))
            return self._post(form) if path == "/news/post.php" else _missing()
        routes: list[tuple[str, Callable[[str, str], Reply]]] = [
            ("/robots.txt", lambda *_: _file(self._robots.encode(), "text/plain")),
            (UPLOADS, lambda rest, _: self._upload(rest)),
            ("/news/html/", lambda rest, q: self._article(rest, q, headers)),
            ("/neibu/html/", lambda rest, q: self._forbidden(rest + q)),
            ("/news/class/", self._listing),
            ("/page/html/", lambda rest, q: self._simple(rest or q)),
            ("/external/", lambda *_: self._elsewhere()),
        ]
        if path in ("/", "/index.php"):
            return self._home()
        if path in _STATIC:
            name, kind = _STATIC[path]
            return _file(static(name).encode(), kind)
        for prefix, handler in routes:
            if path.startswith(prefix):
                return handler(path.removeprefix(prefix), query)
        return _missing()

    def _home(self) -> Reply:
        reply = _html(self._renderer.home(self._rows(), self._popular()))
        reply.headers += [("Set-Cookie", "PHPSESSID=demo0071; path=/"), ("Set-Cookie", "CODEIMG=0; path=/")]
        return reply

    def _listing(self, rest: str, query: str) -> Reply:
        values = _first_values(query)
        column = _number(values.get("catid", "") or (query if "=" not in query else "") or rest)
        rows = [row for row in self._rows() if not column or row.column == column]
        if day := values.get("showdate"):
            rows = [row for row in rows if f"{row.published:%Y%m%d}" == day]
        if key := values.get("key"):
            rows = [row for row in rows if key in row.title]
        pinned = [row for row in rows if row.pinned]
        rows = [row for row in rows if row not in pinned]
        size = min(max(_number(values.get("myshownums", "")), 0) or self._texts.page_size, 100)
        pages = max(1, math.ceil(len(rows) / size))
        page = min(max(_number(values.get("page", "")), 1), pages)
        view = ListView(
            rows=pinned + rows[(page - 1) * size : page * size],
            column=column,
            page=page,
            pages=pages,
            total=len(rows) + len(pinned),
            size=size,
            shownums=values.get("myshownums", "") and str(size),
        )
        reply = _html(self._renderer.listing(view, self._rows()[:8]))
        reply.chunked = True  # as PHP sends pages whose length it does not know
        return reply

    def _article(self, rest: str, query: str, headers: Mapping[str, str]) -> Reply:
        cached = bool(rest) and not rest.startswith("index.php")
        number = _number(rest if cached else query.removeprefix("id="))
        trap = self._traps.get(number)
        entry = self._entries.get(number)
        if trap and trap.kind == "external":
            target = f"{self.outside}/external/{number}.html"
            return Reply(status=302, headers=[("Content-Type", "text/html"), ("Location", target)])
        if trap and trap.kind == "restricted":
            return _html(self._renderer.notice(self._texts.restricted_notice))
        if entry is None or number in self._removed:
            return _html(self._renderer.notice(self._texts.missing_notice))
        modified = _modified(entry) + timedelta(hours=self._edits[number])
        digest = hashlib.sha1(entry.model_dump_json().encode(), usedforsecurity=False).hexdigest()[:16]
        # The cached twin is a file; the dynamic page differs at every view, so its tag can only be weak.
        etag = f'"{digest}"' if cached else f'W/"{digest}"'
        validators = [("ETag", etag), ("Last-Modified", format_datetime(modified, usegmt=True))]
        if _unchanged(headers, etag, modified):
            return Reply(status=304, headers=validators)
        if not cached:
            self._views[number] += 1
        page = self._renderer.article(entry, self._around(entry, cached))
        old = entry.template == "old"
        kind, encoding = ("text/html; charset=gb2312", "gb18030") if old else (_HTML, "utf-8")
        return Reply(page.encode(encoding), headers=[("Content-Type", kind), *validators])

    def _post(self, values: Mapping[str, str]) -> Reply:
        entry = self._entries.get(_number(values.get("newsid", "")))
        if entry is None or entry.id in self._removed:
            return _html("")
        pages = entry.content_pages
        if values.get("act") == "contentpages":
            items = (
                f"<li id='p_{_page_id(entry, page)}' class='pages'>{page + 1}</li>"
                for page in range(len(pages))
            )
            return _html("".join(items))
        wanted = _number(values.get("newspageid", ""))
        for page in range(len(pages)):
            if values.get("act") == "getcontent" and _page_id(entry, page) == wanted:
                return _html(self._renderer.fragment(entry, page))
        return _html("")

    def _upload(self, name: str) -> Reply:
        if name == "banner.png":
            return _file(media.png(name, 460, 250), "image/png")
        for entry in self._live():
            pictures, papers = _files_of(entry)
            if name in (file for file, _ in pictures):
                return _file(media.png(name), "image/png")
            for file, label in papers:
                if file == name:
                    return _file(media.pdf([label, entry.title, self._texts.name]), "application/pdf")
        return _missing()

    def _forbidden(self, rest: str) -> Reply:
        trap = self._traps.get(_number(rest))
        if trap is None:
            return _html(self._renderer.notice(self._texts.missing_notice))
        entry = Entry(
            id=trap.id,
            title=trap.title,
            published=trap.published,
            column=trap.column,
            body=self._texts.forbidden_text,
        )
        return _html(self._renderer.article(entry, self._around(entry, cached=True)))

    def _simple(self, name: str) -> Reply:
        for page in self._texts.pages:
            if page.file == name:
                return _html(self._renderer.simple(page.title, page.text))
        return _html(self._renderer.notice(self._texts.missing_notice))

    def _elsewhere(self) -> Reply:
        texts = self._texts
        return _html(template("outside.html").substitute(title=texts.outside_title, text=texts.outside_text))

    def _live(self) -> list[Entry]:
        entries = [entry for number, entry in self._entries.items() if number not in self._removed]
        return sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)

    def _rows(self) -> list[Row]:
        rows = [_entry_row(entry) for entry in self._live()]
        rows += [_trap_row(trap) for trap in self._traps.values()]
        return sorted(rows, key=lambda row: row.published, reverse=True)

    def _popular(self) -> list[Row]:
        """The articles that began with the most views, under the addresses of their cached twins."""
        live = sorted(self._live(), key=_first_views, reverse=True)[:6]
        return [_entry_row(entry, cached=True) for entry in live]

    def _around(self, entry: Entry, cached: bool) -> Surroundings:
        rows = [_entry_row(other) for other in self._live()]
        position = next((at for at, row in enumerate(rows) if row.href.endswith(f"?{entry.id}.html")), None)
        return Surroundings(
            latest=rows[:8],
            popular=self._popular(),
            previous=rows[position - 1] if position else None,
            next=rows[position + 1] if position is not None and position + 1 < len(rows) else None,
            views=_first_views(entry) + (0 if cached else self._views[entry.id]),
        )

    def _truth(self, entry: Entry) -> DemoArticle:
        pages = [reading(page) for page in entry.content_pages]
        pictures, papers = _files_of(entry)
        return DemoArticle(
            id=entry.id,
            url=f"{self.base}/news/html/?{entry.id}.html",
            twin_url=f"{self.base}/news/html/{entry.id}.html",
            title=entry.title,
            kicker=entry.kicker,
            subtitle=entry.subtitle,
            authors=list(entry.authors),
            source=entry.source or self._texts.name,
            published=entry.published.replace(tzinfo=CHINA_TIME).isoformat(),
            published_precision="minute" if entry.template == "old" else "second",
            dateline=entry.dateline,
            editors=list(entry.editors),
            section=entry.section,
            body="\n".join(pages),
            pages=pages,
            images=[(f"{self.base}{UPLOADS}{quote(file)}", caption) for file, caption in pictures],
            attachments=[(f"{self.base}{UPLOADS}{quote(file)}", name) for file, name in papers],
        )


def _html(text: str) -> Reply:
    return Reply(text.encode())


def _missing() -> Reply:
    return Reply(b"<html><body><h1>404 Not Found</h1></body></html>", 404, [("Content-Type", "text/html")])


def _file(data: bytes, kind: str) -> Reply:
    return Reply(data, headers=[("Content-Type", kind)])


def _first_values(query: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}


def _number(text: str) -> int:
    """The number a CMS address begins with (`118.html`, `118/`); 0 where there is none."""
    digits = text.partition(".")[0].strip("/")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _page_id(entry: Entry, page: int) -> int:
    return entry.id * 100 + page if page else 0


def _first_views(entry: Entry) -> int:
    return 100 + entry.id * 7919 % 3000


def _modified(entry: Entry) -> datetime:
    return entry.published.replace(tzinfo=CHINA_TIME).astimezone(UTC)


def _entry_row(entry: Entry, *, cached: bool = False) -> Row:
    href = f"../../news/html/{entry.id}.html" if cached else f"../../news/html/?{entry.id}.html"
    return Row(href, entry.title, entry.published, entry.column, entry.pinned)


def _trap_row(trap: Trap) -> Row:
    href = f"/neibu/html/?{trap.id}.html" if trap.kind == "disallowed" else f"../../news/html/?{trap.id}.html"
    return Row(href, trap.title, trap.published, trap.column)


def _files_of(entry: Entry) -> tuple[list[tuple[str, str | None]], list[tuple[str, str]]]:
    """The pictures (file, caption) and papers (file, name) of an article."""
    blocks = [block for page in entry.content_pages for block in page]
    pictures = [
        (block.parts[0], block.parts[1] if len(block.parts) > 1 else None)
        for block in blocks
        if block.kind == "image"
    ]
    papers = [(block.parts[0], block.parts[1]) for block in blocks if block.kind == "attachment"]
    if entry.download:
        file, _, name = entry.download.partition("|")
        papers.append((file.strip(), name.strip()))
    return pictures, papers


def _unchanged(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """Decide a conditional request by RFC 9110 §13.2.2: If-None-Match goes before If-Modified-Since."""
    if tags := headers.get("if-none-match"):
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return etag.removeprefix("W/") in known or "*" in known
    try:
        return modified <= parsedate_to_datetime(headers["if-modified-since"])
    except (KeyError, ValueError, TypeError):
        return False
