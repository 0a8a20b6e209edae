"""Pages made by the server: the list of products, a page for each, and the fact sheet of an area.

They need no script. Start reading at ``routes``; ``fact_sheet`` and ``product`` gather what is shown, ``site`` makes HTML of it.
"""
