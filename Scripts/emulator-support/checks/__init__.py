"""The checks, by topic. To import a module declares its checks."""

from . import signatures, urls, reading, writing, deleting, copying, listing, multipart, buckets  # noqa: F401
