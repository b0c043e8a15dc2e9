"""REST ``/api/v1``: read only, paged, sorted and filtered at the server; errors as RFC 9457 problem documents."""

from spareverse.web.api.router import include_api

__all__ = ["include_api"]
