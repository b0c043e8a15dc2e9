"""REST ``/api/v1``: paged, sorted and filtered at the server; long work is a job; errors are RFC 9457 documents."""

from spareverse.web.api.router import include_api

__all__ = ["include_api"]
