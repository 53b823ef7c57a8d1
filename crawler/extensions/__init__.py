"""What hangs on Scrapy's engine: the archive, the wire, progress and the closing table."""
