"""Scrapy's settings for this project, and the few of our own, which begin with `DANGJIAN_`."""

import os
from pathlib import Path

from crawler import __version__

BOT_NAME = "dangjian"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SiteSpiderLoader"
COMMANDS_MODULE = "crawler.commands"


def _default_data() -> str:
    checkout = Path(__file__).resolve().parent.parent
    base = checkout if (checkout / "scrapy.cfg").is_file() else Path.cwd()
    return str(base / "data")


# Our own. Each can be given with -s NAME=VALUE as well.
DANGJIAN_DATA = os.environ.get("DANGJIAN_DATA") or _default_data()
"""Folder of the archive, the database and the articles (`--data`)."""
DANGJIAN_CONTACT = os.environ.get("DANGJIAN_CONTACT", "")
"""Mail address or page by which a webmaster reaches whoever runs the crawl (`--contact`)."""
DANGJIAN_LIMIT = 0
"""Articles after which a crawl stops; 0 means no limit (`--limit`)."""
DANGJIAN_SINCE: str | None = None
DANGJIAN_UNTIL: str | None = None
"""First and last day of publication, `YYYY-MM-DD`, that a crawl takes (`--since`, `--until`)."""
DANGJIAN_FULL = False
"""Whether a crawl walks every list to its end, whatever earlier runs have found (`--full`)."""
DANGJIAN_SUMMARY = "table"
"""How a run ends: `table`, `json` or `none`."""
DANGJIAN_PROGRESS = True
"""Whether a run reports its progress on stderr."""
DANGJIAN_ALLOW_PRIVATE = False
"""Whether any request may go to a private address (`allow_private` in a site file does it for one site)."""
DANGJIAN_MAX_CRAWL_DELAY = 300.0
"""Longest Crawl-delay, in seconds, that a robots.txt is granted; a longer one is cut to this."""
DANGJIAN_BROWSER = False
"""Whether pages are fetched through a browser; set for sites whose file says `browser = true`."""
DANGJIAN_READERS = min(1, (os.cpu_count() or 1) - 1)
"""Processes that read pages beside a crawl in which they come quickly; 0 reads all in the crawl itself."""

USER_AGENT = f"dangjian/{__version__}"  # middlewares/identity.py adds the contact
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# Security: a crawl opens no port. RemoteControl runs code that is sent to it and is on by default since
# Scrapy 2.19.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_HANDLERS = {
    "http": "crawler.extensions.wire.WireDownloadHandler",
    "https": "crawler.extensions.wire.WireDownloadHandler",
    "file": None,  # a redirect or a site file must not make us read the user's disk
    "ftp": None,
    "s3": None,
    "data": None,
}

# Scrapy takes any certificate. A site file says otherwise for its site (`verify_tls`).
DOWNLOAD_VERIFY_CERTIFICATES = True

# The frontier in the store: nothing is lost when a crawl dies, and known articles rest until they are due.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
DANGJIAN_RECHECK = "due"
"""Which known articles a run looks at again: `due`, `all` (`--recheck`) or `none`."""
DANGJIAN_PARTIAL = False
"""Whether a run leaves out parts of the site (`--section`, `--since`, `--until`, the address of one list);
what it found never lets a later run stop a list early."""

# Politeness, for hosts on the network; middlewares/politeness.py lifts it for loopback and applies the site
# file's.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "dangjian"
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0

# Bounds against slow, huge and endless answers.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False  # what came of a cut answer is archived; middlewares/whole.py fails it then
REDIRECT_MAX_TIMES = 8
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
DEPTH_STATS_VERBOSE = False

# Every page is fetched as a first visit: no cookies that tie pages together, no Referer. Meta refresh would
# decode every page once more (6 % of the time).
COOKIES_ENABLED = False
REFERER_ENABLED = False
METAREFRESH_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.middlewares.private.PrivateAddressMiddleware": 60,
    "crawler.middlewares.politeness.PolitenessMiddleware": 90,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.identity.IdentityMiddleware": 500,
    "crawler.middlewares.revisit.RevisitMiddleware": 520,
    "crawler.middlewares.challenge.ChallengeMiddleware": 585,
    "crawler.middlewares.redirects.RedirectsMiddleware": 600,
    "crawler.middlewares.whole.WholeMiddleware": 950,
}
# A spider middleware costs a tenth of a millisecond a page: those that have nothing to do here are off. The
# length of addresses and the depth of lists are bounded in spiders/site.py.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "crawler.middlewares.start.StartErrorsMiddleware": 10,
    "crawler.scheduler.LeaseMiddleware": 20,
}
EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,  # extensions/progress.py reports instead
    "crawler.middlewares.politeness.SlotThrottle": 0,
    "crawler.extensions.warc.WarcArchive": -10,  # before the feed exporter, whose feed it names
    "crawler.extensions.progress.Progress": 100,
    "crawler.extensions.summary.RunSummary": 900,
}
ITEM_PIPELINES = {
    "crawler.pipelines.extract.ExtractPipeline": 300,
    "crawler.pipelines.store.StorePipeline": 800,
}
# 100, Scrapy's default, starts 101 tasks for every response: 4 is 45 % quicker.
CONCURRENT_ITEMS = 4
# Reads the source of every callback to find a mistake that type checking finds as well.
WARN_ON_GENERATOR_RETURN_VALUE = False

FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {
    "jsonlines": "crawler.pipelines.lines.ArticleLinesExporter",
    "jsonl": "crawler.pipelines.lines.ArticleLinesExporter",
    "jl": "crawler.pipelines.lines.ArticleLinesExporter",
}
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
# At 60 KB a page, some 300 pages may wait for their group commit; see crawler/recorder.py.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024
