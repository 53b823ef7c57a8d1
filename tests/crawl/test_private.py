"""However an address is written, and whatever name stands for it: no request goes into the user's network."""

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.test import get_crawler

from crawler.middlewares import private
from crawler.middlewares.private import PrivateAddress, PrivateAddressMiddleware
from crawler.sites import Site, adhoc_site
from crawler.spiders.failures import reason_of_error
from crawler.spiders.loader import spider_for
from tests.crawl.running import article_page, dangjian, list_page, site_file
from tests.support import PageServer

NAMES = {
    "www.example.cn": "8.8.8.8",
    "inside.example.cn": "192.168.0.1",
    "local.example.cn": "127.0.0.1",
    "meta.example.cn": "169.254.169.254",
    "six.example.cn": "::ffff:10.0.0.1",
    "2130706433": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(host: str) -> str:
        return NAMES[host]

    monkeypatch.setattr(private, "resolve", resolve)


def middleware(site: Site) -> PrivateAddressMiddleware:
    crawler = get_crawler(spider_for(site))
    crawler.spider = crawler._create_spider()
    return PrivateAddressMiddleware(crawler)


PUBLIC = adhoc_site("http://www.example.cn/list/")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8071/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://user:word@10.0.0.1/",
        "http://8.8.8.8\\@10.0.0.1/",
        "http://8.8.8.8@10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[64:ff9b::7f00:1]/",
        "http://inside.example.cn/",
        "http://local.example.cn/",
        "http://meta.example.cn/latest/",
        "http://six.example.cn/",
    ],
)
async def test_no_way_of_writing_it_leads_inside(address: str) -> None:
    request = Request(address)
    if "\\" in address:  # made harmless when the request was
        assert request.url == "http://8.8.8.8/@10.0.0.1/"
        return
    with pytest.raises(PrivateAddress) as raised:
        await middleware(PUBLIC).process_request(request)
    assert reason_of_error(raised.value) == "refused/private address"


async def test_public_hosts_pass() -> None:
    for address in ("http://www.example.cn/", "http://8.8.8.8/", "http://[2400:3200::1]/"):
        await middleware(PUBLIC).process_request(Request(address))


async def test_a_name_without_an_address_is_asked_again_and_never_let_through() -> None:
    one = middleware(PUBLIC)
    for _ in range(2):
        with pytest.raises(CannotResolveHostError) as raised:
            await one.process_request(Request("http://later.example.cn/"))
        assert reason_of_error(raised.value) == "unreachable/no such host"
    NAMES["later.example.cn"] = "10.0.0.1"
    try:
        with pytest.raises(PrivateAddress):
            await one.process_request(Request("http://later.example.cn/"))
    finally:
        del NAMES["later.example.cn"]


async def test_a_site_that_the_user_named_may_be_private_and_no_other_is() -> None:
    one = middleware(adhoc_site("http://192.168.0.7/list/"))
    await one.process_request(Request("http://192.168.0.7/a/1.html"))
    with pytest.raises(PrivateAddress):
        await one.process_request(Request("http://192.168.0.8/a/1.html"))
    allowed = PUBLIC.model_copy(update={"allow_private": True})
    await middleware(allowed).process_request(Request("http://inside.example.cn/"))


def test_links_and_redirects_inside_are_failures_with_a_reason_and_never_requests(tmp_path: Path) -> None:
    with PageServer() as inner, PageServer() as server:
        # 127.0.0.2 is this machine too, and nobody named it.
        number = inner.url.replace("127.0.0.1", str(0x7F000002))
        plain = inner.url.replace("127.0.0.1", "127.0.0.2")
        targets = [f"{number}/a/9.html", f"{plain}/a/9.html", "file:///etc/hostname", "//127.0.0.2/a/9.html"]
        server.pages = {
            f"/a/{place}.html": (302, [("Location", target)], b"") for place, target in enumerate(targets)
        }
        rows = list_page([*range(len(targets)), 50])
        links = f"<li><a href='{plain}/a/7.html'>一条通向里面的消息</a></li><li><a href='file:///etc/hostname'>文件</a></li>"
        server.pages["/list/"] = rows.replace("</ul>", links + "</ul>")
        server.pages["/a/50.html"] = article_page(50)
        file = Path(site_file(tmp_path, server.url))
        text = file.read_text("utf-8").replace("allow_private = true\n", "")
        hosts = f'["127.0.0.1", "127.0.0.2", "{0x7F000002}"]'
        file.write_text(text.replace('["127.0.0.1"]', hosts), encoding="utf-8")
        run = dangjian("crawl", str(file), "--json", data=tmp_path / "data")
        assert inner.paths == []
    assert run.summary()["articles"]["new"] == 1
    failures = run.summary()["failures"]
    assert failures["refused/private address"] == 4
    assert sum(failures.values()) == 5
    assert run.summary()["errors"] == {}
