"""An atlas as a folder of files that any web server or bucket can hand out: ``zichtkaart export``.

Every file is what the server answers to an address, asked of the application in this process, so that the two cannot
differ. Begin at ``site``.
"""
