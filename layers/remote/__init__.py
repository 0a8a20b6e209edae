"""What comes over the network: CBS StatLine, the police, PDOK, and files on the web or in S3, kept in a cache.

    requests_of(catalog) ──fetch──> Cache ──local──> a file on this machine, with where it came from

Nothing outside this package opens a connection, and nothing in it judges a figure. ``zichtkaart fetch`` fills the cache;
``check`` and ``build`` read from it and never ask the network. Start reading in ``request``, then ``cache``, then ``fetch``.
"""

from layers.remote.request import Request, is_remote, request_of, requests_of

__all__ = ["Request", "is_remote", "request_of", "requests_of"]
