"""What an address says about the page behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.addresses import address, is_twin

HOST = "http://www.example.gov.cn"


@pytest.mark.parametrize(
    "path",
    [
        "/yaowenn/202309/t20230927_296732.html",
        "/n1/2019/0615/c64094-31153719.html",
        "/2022-01/23/c_1125327450.htm",
        "/20240509/0123456789abcdef0123456789abcdef/c.html",
        "/2022/01/23/ARTI1642900000000001.shtml",
        "/info/1012/23.htm",
        "/2021/0323/c123a456/page.htm",
        "/3f/a0/c123a456/page.htm",
        "/art/2016/11/22/art_12_345678.html",
        "/news/html/?411.html",
        "/NewsShow.aspx?id=900&classid=12",
        "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1&wbnewsid=2",
        "/gkmlpt/content/3/3210/post_3210987.html",
        "/rmrb/pc/content/202412/01/content_30000001.html",
        "/c101518/2021/1/8/1b22995493c842b8be19bac123fdfedd.html",
        "/Home/Content/1234?ClassId=236",
        "/index.php/Home/Index/detail/id/12",
        "/article/41",
        "/s/mYyq3mRcWj5_7y8MSTsG1A",
    ],
)
def test_an_article_is_told(path: str) -> None:
    assert address(HOST + path).kind == "article"


@pytest.mark.parametrize(
    "path",
    [
        "/djyw/",
        "/djyw/index.html",
        "/djyw/index_2.shtml",
        "/djyw/list2.htm",
        "/col/col123/index.html",
        "/news/class/?12.html",
        "/list.asp?id=3",
        "/Home/List/?Id=236&page=2",
        "/Home/List/12",
        "/GB/64093/64094/",
        "/node_11941.htm",
        "/gbgz.htm",
    ],
)
def test_a_column_is_told(path: str) -> None:
    assert address(HOST + path).kind == "column"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "navigation"),
        ("", "navigation"),
        ("/files/2021/a.pdf", "attachment"),
        ("/images/1234.jpg", "media"),
        ("/calendar/202103.html", "trap"),
        ("/info/1/2.htm;jsessionid=AB", "trap"),
        ("/user/login", "trap"),
    ],
)
def test_what_is_neither_is_told(path: str, kind: str) -> None:
    assert address(HOST + path).kind == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/yaowenn/202309/t20230927_296732.html", "/toutiaon/202401/t20240107_32027.html"),
        ("/n1/2019/0615/c64094-31153719.html", "/n1/2024/0517/c1-402.html"),
        ("/info/1012/23.htm", "/info/7/123456.htm"),
        ("/3f/a0/c123a456/page.htm", "/12/ff/c1a2/page.htm"),
        ("/show.asp?id=1&cid=2", "/show.asp?id=77&cid=13"),
        (
            "/20240509/0123456789abcdef0123456789abcdef/c.html",
            "/20210101/fedcba98765432100123456789abcdef/c.html",
        ),
        ("/html/news7f3a.html?id=4", "/html/news01bc.html?id=41"),
    ],
)
def test_articles_of_one_cms_have_one_shape(one: str, other: str) -> None:
    assert address(HOST + one).shape == address(HOST + other).shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/info/1012/23.htm", "/djyw/index.html"),
        ("/show.asp?id=1", "/show.asp?cid=1"),
        ("/a/1.html", "/a/1_2.html"),
    ],
)
def test_other_forms_have_other_shapes(one: str, other: str) -> None:
    assert address(HOST + one).shape != address(HOST + other).shape


@pytest.mark.parametrize(
    "path", ["/BIG5/n1/2019/1.html", "/print.asp?id=2", "/a.asp?id=2&print=1", "/wap/news/1.html"]
)
def test_a_twin_is_told(path: str) -> None:
    assert is_twin(HOST + path)


@given(st.text(max_size=80))
def test_no_address_makes_reading_fail(url: str) -> None:
    assert address(url).kind
