"""Settings for sites that only a browser can show (`browser = true`); see extensions/browser.py."""

import os
import shutil
from importlib.util import find_spec
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Programs that are looked for; without one, Playwright's own Chromium is used."""
_HANDLER = "crawler.extensions.browser.BrowserDownloadHandler"

META: dict[str, Any] = {
    "playwright": True,
    "playwright_page_goto_kwargs": {"wait_until": "networkidle"},
}
"""What a request says that a browser is to make: its page is ready when its scripts ask for nothing more."""


def is_installed() -> bool:
    """Tell whether the extra `dangjian[browser]` is there."""
    return find_spec("scrapy_playwright") is not None


def browser_settings() -> dict[str, Any]:
    """Return the settings of a crawl through a browser, sandboxed unless it runs as root."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "DANGJIAN_BROWSER": True,
        "DOWNLOAD_HANDLERS": {
            "http": _HANDLER,
            "https": _HANDLER,
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
        },
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"chromium_sandbox": not is_root}
        | ({"executable_path": program} if program else {}),
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 60_000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
    }
