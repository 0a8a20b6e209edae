"""The edge: HTTP, the command line, settings, and the page (``web`` is its source, ``static`` its build).

Nothing happens at import. Start reading in ``app`` for HTTP and in ``cli`` for the command line.
"""
