"""The pages of the demo site: `templates/` filled with its texts, built from plug-ins as PHPWeb does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from crawler.demo.content import Entry, SiteTexts
from crawler.demo.markup import UPLOADS, body_html


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    href: str
    title: str
    published: datetime
    column: int
    pinned: bool = False


@dataclass(frozen=True)
class ListView:
    """One page of a list: what `/news/class/` shows."""

    rows: Sequence[Row]
    column: int
    page: int
    pages: int
    total: int
    size: int
    shownums: str
    """`myshownums` as asked for; the pager passes it on."""


@dataclass(frozen=True)
class Surroundings:
    """What stands around an article."""

    latest: Sequence[Row]
    popular: Sequence[Row]
    previous: Row | None
    next: Row | None
    views: int


@cache
def template(name: str) -> Template:
    """Return a template of `templates/`."""
    return Template(static(name))


@cache
def static(name: str) -> str:
    """Return a file of `templates/` as it is."""
    return (files("crawler.demo") / "templates" / name).read_text(encoding="utf-8")


class Renderer:
    """Renders pages for one set of site texts."""

    def __init__(self, texts: SiteTexts) -> None:
        self._texts = texts
        self._labels = {column.id: column.label for column in texts.columns}

    def home(self, rows: Sequence[Row], popular: Sequence[Row]) -> str:
        """The front page: the newest rows of each column."""
        boxes = [
            self._plugin(
                "图片", 101, '<img src="/news/upload/banner.png" alt="" />', "left:20px;top:16px;width:460px"
            )
        ]
        for index, column in enumerate(self._texts.columns):
            newest = [row for row in rows if row.column == column.id][:6]
            left, top = (20, 520)[index % 2], 300 + index // 2 * 250
            title = f'<div class="sidetitle"><a href="/news/class/?{column.id}.html">{column.label}</a></div>'
            boxes.append(
                self._plugin(
                    "最新文章", 110 + index, title + _links(newest), f"left:{left}px;top:{top}px;width:460px"
                )
            )
        boxes.append(
            self._plugin(
                "最新文章",
                102,
                '<div class="sidetitle">热点文章</div>' + _links(popular),
                "left:520px;top:16px;width:460px",
            )
        )
        return self._page("首页", "index", "\n".join(boxes))

    def listing(self, view: ListView, latest: Sequence[Row]) -> str:
        """A page of a column, or of all columns."""
        label = self._labels.get(view.column, "全部文章")
        content = template("list.html").substitute(
            rows="\n".join(_row(row) for row in view.rows),
            total=view.total,
            size=view.size,
            page=view.page,
            pages=view.pages,
            pager=_pager(view),
        )
        boxes = [
            self._plugin("当前位置", 201, self._breadcrumb(view.column), "left:20px;top:0px;width:700px"),
            self._plugin("文章检索", 202, content, "left:20px;top:50px;width:700px"),
            self._side(latest),
        ]
        return self._page(label, "query", "\n".join(boxes))

    def article(self, entry: Entry, around: Surroundings) -> str:
        """An article's own page, with the first of its content pages."""
        name = "article_old.html" if entry.template == "old" else "article.html"
        boxes = [
            self._plugin(
                "当前位置", 301, self._breadcrumb(entry.column, leaf="正文"), "left:20px;top:0px;width:700px"
            ),
            self._plugin(
                "文章正文",
                302,
                template(name).substitute(self._fields(entry, around)),
                "left:20px;top:50px;width:700px",
            ),
            self._side(around.latest, around.popular),
            self._plugin(
                "自定内容",
                305,
                '<img src="/news/upload/banner.png" width="240" alt="" />',
                "left:740px;top:760px;width:240px",
            ),
            self._plugin("空白边框", 306, "", "left:0px;top:0px;width:1000px;height:2px"),
        ]
        return self._page(
            entry.title,
            "html",
            "\n".join(boxes),
            keywords=",".join(entry.tags),
            description=entry.memo,
            charset="gb2312" if entry.template == "old" else "utf-8",
        )

    def fragment(self, entry: Entry, page: int) -> str:
        """One content page of an article, as `act=getcontent` answers."""
        return body_html(entry.content_pages[page], entry.paste)

    def notice(self, text: str) -> str:
        """A page that says why there is no article, with status 200."""
        content = template("notice.html").substitute(notice=text)
        return self._page(
            "提示信息", "html", self._plugin("文章正文", 302, content, "left:20px;top:50px;width:960px")
        )

    def simple(self, title: str, text: str) -> str:
        """A page of the site that is no news article."""
        content = f'<div id="pagecontent"><p>{escape(text)}</p></div>'
        return self._page(
            title, "page", self._plugin("网页内容", 402, content, "left:20px;top:50px;width:960px")
        )

    def _fields(self, entry: Entry, around: Surroundings) -> dict[str, object]:
        body = body_html(entry.content_pages[0], entry.paste)
        if entry.editor_line:
            body += f"\n<p>{escape(entry.editor_line)}</p>"
        if entry.share_bar:
            body += "\n" + static("share.html")
        label = " ".join(entry.authors) if entry.author_label is None else entry.author_label
        seconds = "%Y-%m-%d %H:%M" if entry.template == "old" else "%Y-%m-%d %H:%M:%S"
        file, _, name = (entry.download or "").partition("|")
        return {
            "id": entry.id,
            "kicker": _line("pretitle", entry.kicker),
            "title": escape(entry.title),
            "subtitle": _line("subtitle", entry.subtitle),
            "author": escape(label).replace("\u3000", "&nbsp; "),
            "source": escape(entry.source_label or entry.source or self._texts.name),
            "published": entry.published.strftime(seconds),
            "memo": escape(entry.memo or ""),
            "memo_style": "" if entry.memo else "display:none",
            "body": body,
            "down": f'<a id="downlink" href="{UPLOADS}{file.strip()}">{escape(name.strip())}</a>'
            if name
            else "",
            "down_style": "" if name else "display:none",
            "views": around.views,
            "likes": around.views // 37,
            "account": self._texts.account,
            "tags": " ".join(
                f'<a href="/news/class/index.php?key={escape(tag)}">{escape(tag)}</a>' for tag in entry.tags
            ),
            "previous": _anchor(around.previous) if around.previous else "没有了",
            "next": _anchor(around.next) if around.next else "没有了",
        }

    def _page(
        self,
        title: str,
        page_id: str,
        content: str,
        *,
        keywords: str | None = None,
        description: str | None = None,
        charset: str = "utf-8",
    ) -> str:
        texts = self._texts
        return template("page.html").substitute(
            charset=charset,
            title=escape(title),
            site_name=texts.name,
            page_id=page_id,
            keywords=escape(keywords or texts.keywords),
            description=escape(description or texts.description),
            top=self._top(),
            content=content,
            bottom=self._plugin(
                "自定内容",
                901,
                template("footer.html").substitute(texts.model_dump(), site_name=texts.name),
                "width:1000px",
                "bottom",
            ),
        )

    def _top(self) -> str:
        menu = [
            ("首页", "/"),
            *((c.label, f"/news/class/?{c.id}.html") for c in self._texts.columns),
            ("全部文章", "/news/class/"),
        ]
        links = "".join(f'<li><a href="{href}" target="_self">{label}</a></li>' for label, href in menu)
        banner = f'<div class="banner">{self._texts.name}<small>凝聚先锋力量　夯实基层基础</small></div>'
        service = template("service.html").substitute(self._texts.model_dump())
        return "\n".join(
            [
                self._plugin("图片", 1, banner, "left:0px;top:0px;width:700px", "top"),
                self._plugin("全站搜索", 2, static("search.html"), "left:720px;top:60px;width:260px", "top"),
                self._plugin(
                    "导航菜单", 3, f'<ul id="mainmenu">{links}</ul>', "left:0px;top:162px;width:1000px", "top"
                ),
                self._plugin("自定内容", 4, service, "left:0px;top:0px;width:1px;z-index:99", "top"),
            ]
        )

    def _side(self, latest: Sequence[Row], popular: Sequence[Row] = ()) -> str:
        html = '<div class="sidetitle">最新文章</div>' + _links(latest)
        boxes = [self._plugin("最新文章", 303, html, "left:740px;top:50px;width:240px")]
        if popular:
            html = '<div class="sidetitle">热点文章</div>' + _links(popular)
            boxes.append(self._plugin("热点文章", 304, html, "left:740px;top:400px;width:240px"))
        return "\n".join(boxes)

    def _breadcrumb(self, column: int, leaf: str = "") -> str:
        steps = [f'<a href="/">{self._texts.name}</a>', '<a href="/news/class/">文章</a>']
        if column in self._labels:
            steps.append(f'<a href="/news/class/?{column}.html">{self._labels[column]}</a>')
        return '<div id="nav">您现在的位置：' + " &gt; ".join([*steps, leaf] if leaf else steps) + "</div>"

    def _plugin(self, title: str, number: int, content: str, style: str, zone: str = "content") -> str:
        return template("plugin.html").substitute(
            title=title, number=number, content=content, style=style, zone=zone
        )


def _line(css_class: str, text: str | None) -> str:
    return f'<div class="{css_class}">{escape(text)}</div>' if text else ""


def _anchor(row: Row) -> str:
    return f'<a href="{escape(row.href)}">{escape(row.title)}</a>'


def _links(rows: Sequence[Row]) -> str:
    """A short list, as the 最新文章 plug-in prints it: titles cut, the whole title in the tooltip."""
    items = "".join(
        f'<li class="newslist"><a href="{escape(row.href)}" class="newslist" title="{escape(row.title)}">'
        f"{escape(row.title if len(row.title) <= 18 else row.title[:17] + '...')}</a></li>"
        for row in rows
    )
    return f'<ul class="newslist">{items}</ul>'


def _row(row: Row) -> str:
    mark = '<span class="top">[置顶]</span>' if row.pinned else ""
    return (
        f'<li class="title"><div class="title">{mark}'
        f'<a href="{escape(row.href)}" target="_blank" class="title">{escape(row.title)}</a></div>'
        f'<div class="time">{row.published:%Y-%m-%d}</div></li>'
    )


def _pager(view: ListView) -> str:
    def link(page: int, label: str, css_class: str) -> str:
        # The CMS writes its ampersands bare.
        query = f"page={page}&catid={view.column}&myord=dtime&myshownums={view.shownums}"
        query += "&showtj=&showdate=&author=&key="
        return f'<li class="{css_class}"><a href="index.php?{query}">{label}</a></li>'

    items = []
    if view.page > 1:
        items.append(link(view.page - 1, "上一页", "pbutton"))
    items += [
        f'<li class="pagesnow">{page}</li>' if page == view.page else link(page, str(page), "pages")
        for page in range(1, view.pages + 1)
    ]
    if view.page < view.pages:
        items.append(link(view.page + 1, "下一页", "pbutton"))
    return "".join(items)
