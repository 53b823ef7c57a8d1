"""The verbs of `dangjian` as Scrapy commands, for `scrapy crawl` and so on: Scrapy wants a module each."""
